"""The pages of segments."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
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

from config.htmx import HtmxRequest, render_page, wants_partial
from leads import conditions
from leads.clock import frozen_instant
from leads.conditions import ConditionError, Tree
from leads.filters import LeadFilter
from leads.models import Lead
from leads.nurture import segments
from leads.nurture.board import with_engagement
from leads.nurture.choices import SegmentKind
from leads.nurture.condition_fields import SUBJECT
from leads.nurture.forms import AddressesForm, SegmentForm
from leads.nurture.models import Segment
from leads.nurture.segments import SegmentError
from leads.nurture.views.bulk import bulk_context
from leads.paging import page_of
from leads.querysets import LeadQuerySet
from scoring import condition_form
from scoring.condition_form import ConditionForm

PERMISSION = "nurture.manage_nurture"
PAGE_SIZE = 50
EVENTS_SHOWN = 20
MOST_TICKED = 500
NAMED = 5
# A link that proposes more conditions than this proposes none.
LONGEST_PROPOSAL = 4_000


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def segment_list(request: HtmxRequest) -> HttpResponse:
    are_archived = request.GET.get("archived") == "1"
    found = Segment.objects.filter(archived_at__isnull=not are_archived)
    rows = [(one, segments.in_words(one)) for one in found[:500]]
    context = {"rows": rows, "are_archived": are_archived}
    return render(request, "segments/segment_list.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def segment_new(request: HtmxRequest) -> HttpResponse:
    return _form(request, None)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def segment_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(Segment, pk=pk))


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def segment_count(request: HtmxRequest) -> HttpResponse:
    """How many leads the conditions find that are in the form now."""
    builder = condition_form.of_post(request.POST, SUBJECT)
    return render(request, "segments/_count.html", _counted(builder))


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def segment_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    segment = get_object_or_404(Segment, pk=pk)
    context = _detail(request, segment, AddressesForm())
    if wants_partial(request) and "rows" in request.GET:
        return render(request, "segments/_member_rows.html", context)
    return render_page(
        request, "segments/segment_detail.html", context, partial="members"
    )


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def segment_pick(request: HtmxRequest, pk: int) -> HttpResponse:
    """Leads to tick, for a segment chosen by hand."""
    segment = get_object_or_404(Segment, pk=pk, kind=SegmentKind.LIST)
    leads = Lead.objects.visible_to(request.user).living()
    outside = leads.exclude(pk__in=segment.members.values("lead"))
    lead_filter = LeadFilter(request.GET, queryset=outside)
    context = {
        "segment": segment,
        "filter": lead_filter,
        "found": segments.count(lead_filter.qs),
        **_members(request, lead_filter.qs),
    }
    return render_page(
        request, "segments/segment_pick.html", context, partial="candidates"
    )


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def segment_add(request: HtmxRequest, pk: int) -> HttpResponse:
    """Put leads in: those of typed addresses, the ticked ones, or all that match."""
    segment = get_object_or_404(Segment, pk=pk, kind=SegmentKind.LIST)
    leads = Lead.objects.visible_to(request.user).living()
    unknown: list[str] = []
    if "addresses" in request.POST:
        form = AddressesForm(request.POST)
        if not form.is_valid():
            return _refused(request, segment, form)
        typed = form.cleaned_data["addresses"]
        leads, unknown = segments.by_addresses(typed, user=request.user)
    elif request.POST.get("all") == "1":
        leads = LeadFilter(request.GET, queryset=leads).qs
    else:
        leads = leads.filter(pk__in=_ticked(request))
    now = timezone.now()
    added = segments.add(segment=segment, leads=leads, actor=request.user, now=now)
    text = ngettext("{count} lead is added.", "{count} leads are added.", added)
    messages.success(request, text.format(count=added))
    if unknown:
        text = ngettext(
            "No lead has this address: {names}",
            "No lead has these {count} addresses: {names}",
            len(unknown),
        )
        names = ", ".join(one[:100] for one in unknown[:NAMED])
        messages.error(request, text.format(count=len(unknown), names=names))
    return redirect(segment)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def segment_remove(request: HtmxRequest, pk: int) -> HttpResponse:
    segment = get_object_or_404(Segment, pk=pk, kind=SegmentKind.LIST)
    removed = segments.remove(
        segment=segment,
        lead_ids=_ticked(request),
        actor=request.user,
        now=timezone.now(),
    )
    text = ngettext("{count} lead is out.", "{count} leads are out.", removed)
    messages.success(request, text.format(count=removed))
    return redirect(segment)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def segment_archive(request: HtmxRequest, pk: int) -> HttpResponse:
    """Put the segment away, or take it back out with `off`."""
    segment = get_object_or_404(Segment, pk=pk)
    is_off = bool(request.POST.get("off"))
    segments.archive(
        segment=segment, is_off=is_off, actor=request.user, now=timezone.now()
    )
    text = _("“{name}” is back.") if is_off else _("“{name}” is archived.")
    messages.success(request, text.format(name=segment.name))
    return redirect("segments:list")


def _form(request: HtmxRequest, segment: Segment | None) -> HttpResponse:
    """The form of a segment: shown, its conditions changed by a button, or saved."""
    if request.method == "GET":
        initial, tree = _proposed(request)
        if segment is not None:
            initial, tree = vars(segment), segment.conditions
        form = SegmentForm(initial=initial, segment=segment)
        return _ask(request, form, condition_form.of_tree(tree, SUBJECT))
    builder = condition_form.of_post(request.POST, SUBJECT)
    if condition_form.BUTTON in request.POST:
        form = SegmentForm(initial=request.POST.dict(), segment=segment)
        return _ask(request, form, builder)
    form = SegmentForm(request.POST, segment=segment)
    is_list = segment.is_list if segment else request.POST.get("kind") == "list"
    builder = condition_form.checked(builder, may_be_empty=is_list)
    if form.is_valid() and builder.is_valid:
        try:
            return redirect(_saved(request, segment, form, builder, is_list=is_list))
        except SegmentError as error:
            form.add_error(error.field or None, str(error))
    return _ask(request, form, builder, status=422)


def _proposed(request: HtmxRequest) -> tuple[dict[str, Any], Tree]:
    """What a link proposes for a new segment; what is not sound is left out."""
    initial = {
        "kind": SegmentKind.CONDITIONS,
        "name": request.GET.get("name", "")[:100],
    }
    typed = request.GET.get("conditions", "")
    try:
        tree = json.loads(typed) if 0 < len(typed) <= LONGEST_PROPOSAL else {}
        conditions.validate(tree, SUBJECT)
    except (ValueError, RecursionError, ConditionError):
        tree = {}
    return initial, tree


def _saved(
    request: HtmxRequest,
    segment: Segment | None,
    form: SegmentForm,
    builder: ConditionForm,
    *,
    is_list: bool,
) -> Segment:
    said, now = form.cleaned_data, timezone.now()
    tree = {} if is_list else builder.tree
    if segment is None:
        segment = segments.create(**said, tree=tree, actor=request.user, now=now)
    else:
        segments.change(
            segment=segment, said=said, tree=tree, actor=request.user, now=now
        )
    messages.success(request, _("“{name}” is saved.").format(name=segment.name))
    return segment


def _ask(
    request: HtmxRequest,
    form: SegmentForm,
    builder: ConditionForm,
    *,
    status: int = 200,
) -> HttpResponse:
    is_changing = condition_form.BUTTON in request.POST and wants_partial(request)
    context = {
        "form": form,
        "segment": form.segment,
        "builder": builder,
        "action": request.path,
        "keeps_typing": is_changing,
        **_counted(builder),
    }
    template = "_conditions" if is_changing else "segment_form"
    return render(request, f"segments/{template}.html", context, status=status)


def _counted(builder: ConditionForm) -> dict[str, Any]:
    """Context of the count: None while the conditions are not complete."""
    if not condition_form.checked(builder, may_be_empty=False).is_valid:
        return {"found": None}
    return {"found": segments.count(segments.matching(builder.tree))}


def _members(request: HtmxRequest, leads: LeadQuerySet) -> dict[str, Any]:
    at = frozen_instant(request.GET.get("at"), now=timezone.now())
    page = page_of(
        with_engagement(leads.with_standing(), at=at),
        order=("-created_at", "-pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    return {"page": page, "at": at}


def _refused(
    request: HtmxRequest, segment: Segment, form: AddressesForm
) -> HttpResponse:
    context = _detail(request, segment, form)
    return render(request, "segments/segment_detail.html", context, status=422)


def _detail(
    request: HtmxRequest, segment: Segment, form: AddressesForm
) -> dict[str, Any]:
    leads = segments.members(segment)
    return {
        "segment": segment,
        "words": segments.in_words(segment),
        "form": form,
        "found": segments.count(leads),
        "events": segment.events.select_related("actor")[:EVENTS_SHOWN],
        **_members(request, leads),
        **bulk_context(request.user),
    }


def _ticked(request: HtmxRequest) -> list[int]:
    typed = [one for one in request.POST.getlist("lead") if len(one) < 19]
    numbers = [int(one) for one in typed if one.isascii() and one.isdigit()]
    return numbers[:MOST_TICKED]
