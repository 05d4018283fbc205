"""The pages of programmes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest
from handoff.models import RejectionReason
from leads.nurture import segments
from leads.nurture.choices import Entered, Left, StepKind
from leads.nurture.forms import AddressesForm
from leads.nurture.models import Enrolment, Programme
from leads.nurture.programme_forms import LimitsForm, ProgrammeForm
from leads.nurture.programmes import (
    building,
    entering,
    figures,
    limits,
    picture,
    trial,
    wording,
)
from leads.nurture.programmes.building import ProgrammeError
from leads.nurture.views.mail_templates import lead_meant
from leads.paging import page_of

PERMISSION = "nurture.manage_nurture"
PAGE_SIZE = 50


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def programme_list(request: HtmxRequest) -> HttpResponse:
    are_archived = request.GET.get("archived") == "1"
    found = Programme.objects.filter(archived_at__isnull=not are_archived)
    rows = found.select_related("segment").annotate(
        entered=Count("enrolments"),
        active=Count("enrolments", filter=Q(enrolments__ended_at=None)),
        reached=Count("enrolments", filter=Q(enrolments__ended_why=Left.GOAL)),
    )
    context = {"rows": rows[:200], "are_archived": are_archived}
    return render(request, "programmes/programme_list.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def programme_new(request: HtmxRequest) -> HttpResponse:
    return _form(request, None)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def programme_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    return _form(request, _programme(pk))


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def programme_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    programme = _programme(pk)
    return render(request, "programmes/programme_detail.html", steps_page(programme))


def steps_page(programme: Programme) -> dict[str, Any]:
    """Context of the page with the steps, their figures and the picture."""
    counted = figures.of_programme(programme)
    steps = [one.step for one in counted.steps]
    return {
        **_head(programme, "steps"),
        "figures": counted,
        "rows": [
            (one, wording.of_step(one.step), wording.otherwise(one.step))
            for one in counted.steps
        ],
        "picture": picture.draw(steps) if steps else None,
        "kinds": StepKind.choices,
    }


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def programme_leads(request: HtmxRequest, pk: int) -> HttpResponse:
    return _leads_page(request, _programme(pk), AddressesForm())


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def programme_try(request: HtmxRequest, pk: int) -> HttpResponse:
    """What would happen to one lead, with the clock moved on; nothing is written."""
    programme = _programme(pk)
    words = request.GET.get("lead", "")
    lead = lead_meant(request, words)
    tried = (
        trial.try_on(programme=programme, lead=lead, now=timezone.now()) if lead else []
    )
    context = {
        **_head(programme, "try"),
        "lead": lead,
        "words": words[:200],
        "tried": tried,
    }
    return render(request, "programmes/programme_try.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def programme_state(request: HtmxRequest, pk: int) -> HttpResponse:
    """Start, pause, archive or restore it."""
    programme, now = _programme(pk), timezone.now()
    wish = request.POST.get("wish", "")
    try:
        if wish == "start":
            building.start(programme=programme, now=now)
            messages.success(request, _("The programme runs."))
        elif wish == "pause":
            building.pause(programme=programme, now=now)
            messages.success(request, _("It is paused: nobody enters or goes on."))
        elif wish in ("archive", "restore"):
            building.archive(programme=programme, is_off=wish == "restore", now=now)
        else:
            messages.error(request, _("There is no such wish."))
    except ProgrammeError as error:
        messages.error(request, str(error))
    return redirect(programme)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def programme_enrol(request: HtmxRequest, pk: int) -> HttpResponse:
    """Let leads in by their addresses, or those of the segment at once."""
    programme, now = _programme(pk), timezone.now()
    if request.POST.get("segment") == "1":
        return _ask_for_segment(request, programme)
    form = AddressesForm(request.POST)
    if not form.is_valid():
        return _leads_page(request, programme, form, status=422)
    typed = form.cleaned_data["addresses"]
    leads, unknown = segments.by_addresses(typed, user=request.user)
    count = entering.enrol(
        programme=programme,
        leads=leads,
        how=Entered.HAND,
        actor=request.user,
        now=now,
    )
    if unknown:
        text = _("No lead has this address: {names}")
        names = ", ".join(one[:100] for one in unknown[:5])
        messages.error(request, text.format(names=names))
    text = ngettext("{count} lead entered.", "{count} leads entered.", count)
    messages.success(request, text.format(count=f"{count:,}"))
    return redirect("programmes:leads", pk)


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def programme_entering(request: HtmxRequest, pk: int) -> HttpResponse:
    """How far the segment has come in; the fragment that asks for itself."""
    context = _head(_programme(pk), "")
    return render(request, "programmes/_entering.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def enrolment_end(request: HtmxRequest, pk: int) -> HttpResponse:
    enrolment = get_object_or_404(Enrolment, pk=pk)
    if entering.take_out(enrolment=enrolment, now=timezone.now()):
        messages.success(request, _("The lead is taken out."))
    return redirect("programmes:leads", enrolment.programme_id)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def limits_page(request: HtmxRequest) -> HttpResponse:
    """How often a lead is mailed, and what it is spared while sales is at work."""
    posted = request.POST if request.method == "POST" else None
    form = LimitsForm(posted, instance=limits.current())
    if form.is_valid():
        limits.save(said=form.cleaned_data)
        messages.success(request, _("This holds from now on."))
        return redirect("programmes:limits")
    status = 422 if form.is_bound else 200
    return render(request, "programmes/limits.html", {"form": form}, status=status)


def _form(request: HtmxRequest, programme: Programme | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = ProgrammeForm(posted, instance=programme)
    if form.is_valid():
        try:
            saved = building.save(
                programme=programme,
                said=form.cleaned_data,
                actor=request.user,
                now=timezone.now(),
            )
        except ProgrammeError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("“{name}” is saved.").format(name=saved.name))
            return redirect(saved)
    reasons = RejectionReason.objects.filter(is_on=True)
    context = {"form": form, "programme": programme, "reasons": reasons}
    status = 422 if form.is_bound else 200
    return render(request, "programmes/programme_form.html", context, status=status)


def _leads_page(
    request: HtmxRequest,
    programme: Programme,
    form: AddressesForm,
    *,
    status: int = 200,
) -> HttpResponse:
    page = page_of(
        programme.enrolments.select_related(
            "lead__account", "lead__standing", "step__template", "actor"
        ),
        order=("-entered_at", "-pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    context = {
        **_head(programme, "leads"),
        "page": page,
        "form": form,
        "waiting": segments.count(entering.waiting(programme)),
    }
    template = "programmes/programme_leads.html"
    return render(request, template, context, status=status)


def _ask_for_segment(request: HtmxRequest, programme: Programme) -> HttpResponse:
    if not programme.steps.exists():
        messages.error(request, _("Add a step first."))
        return redirect("programmes:leads", programme.pk)
    count = entering.ask_for_segment(
        programme=programme, actor=request.user, now=timezone.now()
    )
    text = ngettext("{count} lead comes in.", "{count} leads come in.", count)
    messages.success(request, text.format(count=f"{count:,}"))
    return redirect("programmes:leads", programme.pk)


def _head(programme: Programme, tab: str) -> dict[str, Any]:
    return {
        "programme": programme,
        "tab": tab,
        "entering": entering.progress(programme),
    }


def _programme(pk: int) -> Programme:
    return get_object_or_404(Programme.objects.select_related("segment", "goal"), pk=pk)
