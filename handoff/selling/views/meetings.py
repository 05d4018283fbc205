"""Meetings of a lead: planning, changing, cancelling, their file and their outcome."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest
from handoff.choices import InvitationMethod
from handoff.models import Meeting
from handoff.selling import (
    conversations,
    follow_ups,
    invitations,
    meetings,
    rights,
)
from handoff.selling.calendar_files import calendar_file
from handoff.selling.meeting_forms import MeetingForm
from handoff.selling.meetings import MeetingChangedError, MeetingError
from handoff.selling.views.asking import ask, go_back, visible_lead
from handoff.views.questions import Question
from leads.choices import Outcome
from leads.models import Lead

PERMISSION = "handoff.decide_handoff"


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def meeting_new(request: HtmxRequest, pk: int) -> HttpResponse:
    """A new meeting with the lead with this id."""
    lead, now = visible_lead(request, pk), timezone.now()
    people = _people(lead)
    initial = {
        "title": _("Meeting with {lead}").format(lead=lead),
        "starts_at": follow_ups.morning_in(days=1, now=now),
        "people": [one.pk for one in people if one.pk == lead.pk or one.takes_part],
    }
    posted = request.POST if request.method == "POST" else None
    form = MeetingForm(posted, people=people, now=now, initial=initial)
    if form.is_valid() and _is_free(request, lead, form):
        deed = partial(meetings.schedule, lead=lead, plan=form.plan)
        return _do(request, lead, deed, _("The meeting is planned; guests get a mail."))
    title = _("Plan a meeting with {lead}").format(lead=lead)
    question = Question(title, _("Plan and invite"), "primary", request.path, form)
    return ask(request, lead, question)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def meeting_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    meeting = _meeting(request, pk)
    lead = meeting.lead
    posted = request.POST.copy() if request.method == "POST" else None
    form = MeetingForm(
        posted, people=_people(lead), now=timezone.now(), initial=_as_typed(meeting)
    )
    if form.is_valid() and _is_free(request, lead, form, but=meeting):
        sequence = form.cleaned_data["sequence"]
        deed = partial(
            meetings.change,
            meeting=meeting,
            sequence=meeting.sequence if sequence is None else sequence,
            plan=form.plan,
        )
        done = _("The meeting is changed; guests get a mail.")
        try:
            return _do(request, lead, deed, done)
        except MeetingChangedError:
            meeting.refresh_from_db()
            form.tell_changed(meeting)
            form.data["sequence"] = str(meeting.sequence)  # type: ignore[index]
    ended = "" if meeting.is_ahead else _("This meeting is over or cancelled.")
    title, button = _("Change the meeting"), _("Change and tell")
    question = Question(title, button, "primary", request.path, form, ended)
    return ask(request, lead, question)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def meeting_cancel(request: HtmxRequest, pk: int) -> HttpResponse:
    meeting = _meeting(request, pk)
    deed = partial(meetings.cancel, meeting=meeting)
    done = _("The meeting is cancelled; who was invited gets a mail.")
    return _do(request, meeting.lead, deed, done)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def meeting_settle(request: HtmxRequest, pk: int) -> HttpResponse:
    """Held or no show, as posted."""
    meeting = _meeting(request, pk)
    given = request.POST.get("outcome", "")
    if given not in (Outcome.HELD, Outcome.NO_SHOW):
        return HttpResponseBadRequest(_("No such outcome."))
    outcome = Outcome(given)
    deed = partial(meetings.settle, meeting=meeting, outcome=outcome, note="")
    done = _("{meeting}: {outcome}.").format(meeting=meeting, outcome=outcome.label)
    return _do(request, meeting.lead, deed, done)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def meeting_send_again(request: HtmxRequest, pk: int) -> HttpResponse:
    """Send what is stuck after all: a person decides that twice beats never."""
    meeting = _meeting(request, pk)
    standing = meeting.lead.standing
    if not rights.may_sell(standing=standing, user=request.user):
        error = _("Only the rep of this lead and managers may do this.")
        return go_back(request, meeting.lead, error=error)
    count = invitations.send_again(meeting=meeting, now=timezone.now())
    text = ngettext(
        "{count} mail will be sent again.", "{count} mails will be sent again.", count
    )
    return go_back(request, meeting.lead, done=text.format(count=count))


@require_GET
def meeting_file(request: HtmxRequest, pk: int) -> HttpResponse:
    """The calendar file, to put the meeting into one's own calendar."""
    meeting = _meeting(request, pk)
    is_off = meeting.cancelled_at is not None
    method = InvitationMethod.CANCEL if is_off else InvitationMethod.REQUEST
    file = calendar_file(meeting=meeting, guests=meeting.invited, method=method)
    kind = f"text/calendar; charset=utf-8; method={method.value.upper()}"
    response = HttpResponse(file, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="meeting-{meeting.pk}.ics"'
    return response


def _meeting(request: HtmxRequest, pk: int) -> Meeting:
    visible = Meeting.objects.visible_to(request.user).with_guests()
    return get_object_or_404(visible, pk=pk)


def _is_free(
    request: HtmxRequest,
    lead: Lead,
    form: MeetingForm,
    but: Meeting | None = None,
) -> bool:
    """Whether nothing else is planned then, or the person goes on deliberately."""
    if form.cleaned_data["anyway"]:
        return True
    host = (but and but.host) or request.user
    clashes = meetings.clashes(lead=lead, plan=form.plan, host=host, but=but)
    if clashes:
        visible = Meeting.objects.visible_to(request.user)
        ours = visible.filter(pk__in=[one.pk for one in clashes])
        form.tell_clashes(clashes, seen={*ours.values_list("pk", flat=True)})
    return not clashes


def _people(lead: Lead) -> list[Any]:
    handoff = conversations.current(lead=lead)
    return list(conversations.people(lead=lead, handoff=handoff))


def _as_typed(meeting: Meeting) -> dict[str, Any]:
    names = ("title", "starts_at", "minutes", "place", "words", "sequence")
    ours = [guest.lead_id for guest in meeting.invited if guest.lead_id]
    others = [guest.email for guest in meeting.invited if not guest.lead_id]
    return {name: getattr(meeting, name) for name in names} | {
        "people": ours,
        "addresses": "\n".join(others),
    }


def _do(
    request: HtmxRequest, lead: Lead, deed: "partial[Meeting]", done: str
) -> HttpResponse:
    error = ""
    try:
        deed(actor=request.user, now=timezone.now())
    except MeetingChangedError:
        raise
    except MeetingError as refused:
        error = str(refused)
    return go_back(request, lead, done=done, error=error)
