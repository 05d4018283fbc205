"""Meetings with a lead: planning, changing, cancelling, and how they went."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from handoff.choices import InvitationMethod
from handoff.models import Guest, Meeting
from handoff.models.meeting import LONGEST_MINUTES
from handoff.selling import contacts, invitations, rights
from handoff.selling.contacts import Contact
from leads.choices import ActivityKind, Outcome
from leads.models import Lead, User
from leads.owed import OwedState


class MeetingError(Exception):
    """A meeting could not be changed; the message says why."""


class MeetingChangedError(MeetingError):
    """Somebody else changed the meeting after it was read."""


@dataclass(frozen=True)
class Invited:
    """Somebody to invite; `lead_id` where it is one of ours."""

    email: str
    name: str = ""
    lead_id: int | None = None


@dataclass(frozen=True)
class Plan:
    """What a meeting shall be."""

    title: str
    starts_at: datetime
    minutes: int
    place: str
    words: str
    guests: Sequence[Invited]


@transaction.atomic
def schedule(*, lead: Lead, plan: Plan, actor: User, now: datetime) -> Meeting:
    """Plan a meeting; each guest is owed an invitation.

    Raises:
        MeetingError: and nothing has changed.
    """
    rights.lock(lead_id=lead.pk, actor=actor, refusal=MeetingError)
    meeting = Meeting.objects.create(
        lead=lead,
        host=actor,
        time_zone=timezone.get_current_timezone_name(),
        uid=f"{uuid.uuid4()}@{urlsplit(settings.SITE_URL).hostname}",
        made_at=now,
        changed_at=now,
        **_columns(plan),
    )
    _invite(meeting, plan, now)
    return meeting


@transaction.atomic
def change(
    *, meeting: Meeting, sequence: int, plan: Plan, actor: User, now: datetime
) -> Meeting:
    """Change the meeting as it was at this sequence; guests are told, also who is out.

    Raises:
        MeetingError: somebody was faster, or it is over; nothing has changed.
    """
    _reload(meeting, actor)
    if meeting.sequence != sequence:
        text = _("Somebody changed this meeting while you were at it.")
        raise MeetingChangedError(text)
    _check_is_ahead(meeting)
    for name, value in _columns(plan).items():
        setattr(meeting, name, value)
    meeting.sequence, meeting.changed_at = meeting.sequence + 1, now
    meeting.save(update_fields=[*_columns(plan), "sequence", "changed_at"])
    _invite(meeting, plan, now)
    return meeting


@transaction.atomic
def cancel(*, meeting: Meeting, actor: User, now: datetime) -> Meeting:
    """Call the meeting off and tell its guests. Again changes nothing.

    Raises:
        MeetingError: it has taken place; nothing has changed.
    """
    _reload(meeting, actor)
    if meeting.cancelled_at:
        return meeting
    _check_is_ahead(meeting)
    meeting.cancelled_at = meeting.changed_at = now
    meeting.sequence += 1
    meeting.save(update_fields=["cancelled_at", "changed_at", "sequence"])
    _uninvite(meeting, meeting.guests.filter(is_invited=True), now)
    return meeting


@transaction.atomic
def settle(
    *, meeting: Meeting, outcome: Outcome, note: str, actor: User, now: datetime
) -> Meeting:
    """Say how the meeting went; it stands in the lead's timeline at its time.

    The same outcome again changes nothing.

    Raises:
        MeetingError: it is to come, cancelled or told already; nothing has changed.
    """
    _reload(meeting, actor)
    if meeting.outcome == outcome:
        return meeting
    _check_is_ahead(meeting)
    if meeting.starts_at > now:
        raise MeetingError(_("This meeting is still to come."))
    meeting.outcome = outcome
    meeting.save(update_fields=["outcome"])
    contact = Contact(
        kind=ActivityKind.MEETING,
        outcome=outcome,
        note=note.strip() or meeting.title,
        happened_at=max(meeting.starts_at, now - contacts.OLDEST),
        external_id=f"meeting-{meeting.pk}",
    )
    lead = Lead.objects.select_related("standing").get(pk=meeting.lead_id)
    contacts.log(
        lead=lead, contact=contact, settles=True, next_due_at=None, actor=actor, now=now
    )
    return meeting


def clashes(
    *, lead: Lead, plan: Plan, host: User, but: Meeting | None = None
) -> list[Meeting]:
    """What the host or the lead has planned for the same time, the earliest first.

    `but` is the meeting that is about to be changed.
    """
    ends_at = plan.starts_at + timedelta(minutes=plan.minutes)
    near = Meeting.objects.filter(
        models.Q(host=host) | models.Q(lead=lead),
        cancelled_at=None,
        starts_at__lt=ends_at,
        starts_at__gt=plan.starts_at - timedelta(minutes=LONGEST_MINUTES),
    )
    if but is not None:
        near = near.exclude(pk=but.pk)
    found = near.select_related("lead", "host").order_by("starts_at", "pk")
    return [one for one in found if one.ends_at > plan.starts_at]


def _columns(plan: Plan) -> dict[str, object]:
    return {
        "title": plan.title.strip(),
        "starts_at": plan.starts_at,
        "minutes": plan.minutes,
        "place": plan.place.strip(),
        "words": plan.words.strip(),
    }


def _invite(meeting: Meeting, plan: Plan, now: datetime) -> None:
    """Make the guests those of the plan, and owe the mails to them and who is out."""
    wanted = {one.email.casefold(): one for one in plan.guests}
    out = meeting.guests.filter(is_invited=True).exclude(email__in=wanted)
    _uninvite(meeting, out, now)
    Guest.objects.bulk_create(
        [
            Guest(meeting=meeting, email=email, name=one.name, lead_id=one.lead_id)
            for email, one in wanted.items()
        ],
        update_conflicts=True,
        unique_fields=["meeting", "email"],
        update_fields=["name", "lead", "is_invited"],
    )
    invitations.owe(
        guests=meeting.guests.filter(is_invited=True),
        meeting=meeting,
        method=InvitationMethod.REQUEST,
        now=now,
    )


def _uninvite(meeting: Meeting, guests: models.QuerySet[Guest], now: datetime) -> None:
    """Take these guests out; who never got an invitation gets no cancellation."""
    leaving = list(guests)
    told = [guest for guest in leaving if _was_told(guest)]
    silent = [guest for guest in leaving if guest not in told]
    Guest.objects.filter(pk__in=[guest.pk for guest in leaving]).update(
        is_invited=False
    )
    invitations.owe(
        guests=told, meeting=meeting, method=InvitationMethod.CANCEL, now=now
    )
    invitations.drop(guests=silent, now=now)


def _was_told(guest: Guest) -> bool:
    begun = guest.invitations.exclude(state=OwedState.CANCELLED)
    return begun.exclude(state=OwedState.DUE, attempts=0).exists()


def _reload(meeting: Meeting, actor: User) -> None:
    rights.lock(lead_id=meeting.lead_id, actor=actor, refusal=MeetingError)
    meeting.refresh_from_db()


def _check_is_ahead(meeting: Meeting) -> None:
    if meeting.cancelled_at:
        raise MeetingError(_("This meeting is cancelled."))
    if meeting.outcome:
        raise MeetingError(_("How this meeting went is told already."))
