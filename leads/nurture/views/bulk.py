"""Doing one thing to many leads: asking, the preview, progress and what came of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from config.htmx import HtmxRequest, wants_partial
from handoff.hand_moves import take_back_all
from leads.choices import Stage
from leads.models import User
from leads.nurture.bulk import running
from leads.nurture.bulk.registry import (
    BulkDeedError,
    BulkForm,
    Deed,
    deed_of,
    offered_to,
)
from leads.nurture.bulk.whom import LONGEST_ID, MOST_TICKED, Whom
from leads.nurture.choices import BulkKind, BulkLayout
from leads.nurture.models import BulkDeed
from leads.owed import OwedState
from leads.paging import page_of
from reports import lead_files
from reports.models import Shape
from reports.views.exports import download, may_export

PERMISSION = "leads.move_lead"
PAGE_SIZE = 50
ORDER = ("-asked_at", "-pk")
MESSAGE_LEVELS = {"success": messages.SUCCESS, "error": messages.ERROR}


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def bulk_new(request: HtmxRequest) -> HttpResponse:
    """Ask what is wanted, then show what would come of it, then do it."""
    if request.method == "GET":
        # A dialog has no address of its own; whoever reloads begins again.
        return redirect("nurture:board")
    kind, deed = _deed(request)
    whom = whom_of(request)
    step, now = request.POST.get("step", ""), timezone.now()
    # What is dropped into a column is to go there.
    asked = {"to": request.POST.get("to")}
    form = deed.form(request.POST if step else None, now=now, initial=asked)
    context: dict[str, Any] = {"kind": kind, "deed": deed, "form": form, "whom": whom}
    if form.is_valid():
        try:
            if step == "do":
                return _done(request, kind, whom, form)
            context["preview"] = running.preview(
                kind=kind, whom=whom, wish=form.wish, actor=request.user, now=now
            )
        except BulkDeedError as error:
            form.add_error(None, str(error))
    context["refused_stage"] = _refused_stage(form, request.POST.get("to", ""))
    leads = whom.leads(request.user)
    shown = leads.order_by("pk").select_related("account")[: running.SAMPLE]
    context |= {"sample": shown, "count": leads.count()}
    status = 422 if form.errors else 200
    name = "bulk/_dialog.html" if wants_partial(request) else "bulk/bulk_form.html"
    if wants_partial(request) and step:
        name = "bulk/_form.html"
    return render(request, name, context, status=status)


def _refused_stage(form: BulkForm, wanted: str) -> Stage | None:
    """The stage of a drop to which nobody moves leads by hand; the form says so."""
    if form.is_bound or wanted not in Stage.values or "to" not in form.fields:
        return None
    offered: Any = form.fields["to"]
    return None if offered.valid_value(wanted) else Stage(wanted)


def _deed(request: HtmxRequest) -> tuple[BulkKind, Deed]:
    typed = request.POST.get("kind", "")
    if typed not in BulkKind.values:
        raise BadRequest(_("There is no such deed."))
    deed = deed_of(typed)
    if not request.user.has_perm(deed.permission):
        raise PermissionDenied
    return BulkKind(typed), deed


def whom_of(request: HtmxRequest) -> Whom:
    """The leads that a page names: all that its filter finds, or the ticked ones.

    Nobody where none is ticked.
    """
    layout = request.POST.get("layout", "")
    if layout not in BulkLayout.values:
        raise BadRequest(_("There is no such page."))
    if request.POST.get("all"):
        # PostgreSQL keeps no text with NUL in it.
        query = request.POST.get("query", "")[:4000].replace("\0", "")
        return Whom(layout=layout, query=query)
    typed = ",".join(request.POST.getlist("lead")).split(",")
    typed = [one for one in typed if len(one) < LONGEST_ID]
    known = sorted({int(one) for one in typed if one.isascii() and one.isdigit()})
    # The number of nobody, since an empty list would be everybody.
    return Whom(layout=layout, lead_ids=known[:MOST_TICKED] or [0])


def _done(
    request: HtmxRequest, kind: BulkKind, whom: Whom, form: BulkForm
) -> HttpResponse:
    now = timezone.now()
    deed = running.ask(
        kind=kind,
        whom=whom,
        wish=form.wish,
        words=form.in_words,
        actor=request.user,
        now=now,
    )
    running.do_now(deed=deed, now=now)
    if not wants_partial(request):
        return redirect(deed)
    if deed.kind == BulkKind.MOVE and deed.lead_ids and deed.state == OwedState.DONE:
        return _moved(request, deed)
    return _progress(request, deed)


def _moved(request: HtmxRequest, deed: BulkDeed) -> HttpResponse:
    """What moved at once can be taken back at once; refusals stay until read."""
    response = render(request, "bulk/_moved.html", told(deed))
    if not deed.refused:
        trigger_client_event(response, "close-dialog", {})
    return trigger_client_event(response, "leads-changed", {})


def _progress(request: HtmxRequest, deed: BulkDeed) -> HttpResponse:
    """How far it is; once it has ended the page under the dialog is drawn anew."""
    response = render(request, "bulk/_progress.html", told(deed))
    return (
        response
        if deed.is_running
        else trigger_client_event(response, "leads-changed", {})
    )


def told(deed: BulkDeed) -> dict[str, Any]:
    """Context of `_progress.html`."""
    return {
        "deed": deed,
        "in_words": running.in_words(deed),
        "reasons": running.reasons(deed) if deed.refused else [],
    }


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def bulk_list(request: HtmxRequest) -> HttpResponse:
    """What was done to many leads, the latest first."""
    cursor = request.GET.get("after", "")
    deeds = BulkDeed.objects.select_related("asked_by")
    page = page_of(deeds, order=ORDER, cursor=cursor, size=PAGE_SIZE)
    context = {"page": page, "is_first": not cursor}
    return render(request, "bulk/bulk_list.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def bulk_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    """What is done, how far, and for whom it was refused."""
    deed = get_object_or_404(BulkDeed.objects.select_related("asked_by"), pk=pk)
    if wants_partial(request):
        return _progress(request, deed)
    refusals = deed.refusals.filter(lead__erased_at=None).select_related(
        "lead__account"
    )
    cursor = request.GET.get("after", "")
    page = page_of(refusals, order=("pk",), cursor=cursor, size=PAGE_SIZE)
    context = {**told(deed), "page": page, "is_first": not cursor}
    return render(request, "bulk/bulk_detail.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def bulk_cancel(request: HtmxRequest, pk: int) -> HttpResponse:
    deed = _own(request, pk)
    if running.cancel(deed=deed, now=timezone.now()):
        messages.success(request, _("Cancelled; what is done already stays."))
    else:
        messages.info(request, _("It has ended already."))
    return redirect(deed)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def bulk_undo(request: HtmxRequest, pk: int) -> HttpResponse:
    """Put the cards back that this person has just moved, all at once."""
    deed = get_object_or_404(BulkDeed, pk=pk, asked_by=request.user)
    if deed.kind != BulkKind.MOVE:
        raise BadRequest(_("Only moves are taken back."))
    if deed.total > running.MOST_AT_ONCE:
        raise BadRequest(_("A move of so many leads is not taken back at once."))
    taken = take_back_all(
        lead_ids=deed.lead_ids,
        to=Stage(deed.wish["to"]),
        since=deed.asked_at,
        actor=request.user,
        now=timezone.now(),
    )
    text = ngettext("{n} lead is back.", "{n} leads are back.", taken.count)
    parts = [text.format(n=taken.count), *sorted(set(taken.refused.values()))]
    tone = "error" if taken.refused else "success"
    if not wants_partial(request):
        messages.add_message(request, MESSAGE_LEVELS[tone], " ".join(parts))
        return redirect(deed)
    response = HttpResponse(status=204)
    told_so = {"text": " ".join(parts), "tone": tone}
    trigger_client_event(response, "toast", told_so)
    trigger_client_event(response, "close-dialog", {})
    return trigger_client_event(response, "leads-changed", {})


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def bulk_run_again(request: HtmxRequest, pk: int) -> HttpResponse:
    deed = _own(request, pk)
    if not running.run_again(deed=deed, now=timezone.now()):
        messages.info(request, _("It is not stuck."))
    return redirect(deed)


def _own(request: HtmxRequest, pk: int) -> BulkDeed:
    """The deed, for whoever asked for it and for managers."""
    deed = get_object_or_404(BulkDeed, pk=pk)
    manages = request.user.has_perm("handoff.manage_handoffs")
    if deed.asked_by_id != request.user.pk and not manages:
        raise PermissionDenied
    return deed


def bulk_context(user: User) -> dict[str, Any]:
    """Context of `bulk/_bar.html`: what this person may do to many leads."""
    if not user.has_perm(PERMISSION):
        return {"bulk_deeds": []}
    return {
        "bulk_deeds": offered_to(user),
        "may_export": user.has_perms(("leads.view_reports", "reports.export_reports")),
    }


@may_export
@require_POST
def bulk_export(request: HtmxRequest) -> HttpResponseBase:
    """The leads as a file, at once or where there are many by the worker."""
    whom = whom_of(request)
    query = lead_files.query_of(whom)
    shape = Shape.XLSX if request.POST.get("format") == "xlsx" else Shape.CSV
    return download(request, name=lead_files.NAME, query=query, shape=shape)
