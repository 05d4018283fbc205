"""Logging what sales did with a lead: a call, a mail, a meeting, a note."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.choices import TaskKind
from handoff.models import Task
from handoff.selling import follow_ups, rights
from leads import activities
from leads.activities import NewActivity
from leads.choices import OUTCOMES_BY_KIND, ActivityKind, Outcome
from leads.models import Lead, User

# So far back may somebody log what happened.
OLDEST = timedelta(days=60)
# How the next try is named on the list of tasks.
KIND_OF_NEXT = {
    ActivityKind.CALL: TaskKind.CALL,
    ActivityKind.EMAIL_SENT: TaskKind.EMAIL,
    ActivityKind.MEETING: TaskKind.MEETING,
    ActivityKind.NOTE: TaskKind.OTHER,
}


@dataclass(frozen=True)
class Contact:
    """What one of us did; `external_id` is the same when the same form comes twice."""

    kind: ActivityKind
    outcome: Outcome
    note: str
    happened_at: datetime
    external_id: str


class ContactError(Exception):
    """A contact could not be logged; the message says why."""


@transaction.atomic
def log(
    *,
    lead: Lead,
    contact: Contact,
    settles: bool,
    next_due_at: datetime | None,
    actor: User,
    now: datetime,
) -> Task | None:
    """Record the contact; the task that it settled, if any.

    `settles` marks the most urgent fitting task done, `next_due_at` makes a next one.
    The same contact again changes nothing.

    Raises:
        ContactError: and nothing has changed.
        TaskError: a next task is not this person's to make; nothing has changed.
    """
    if contact.outcome not in OUTCOMES_BY_KIND.get(contact.kind, ()):
        raise ContactError(_("This outcome does not belong to what was done."))
    if not now - OLDEST <= contact.happened_at <= now:
        raise ContactError(_("Log what happened in the last 60 days."))
    if not activities.record(activities=[_activity(lead, contact, actor)]):
        return None
    settled = None
    if settles and rights.may_sell(standing=lead.standing, user=actor):
        settled = follow_ups.settle(lead=lead, kind=contact.kind, actor=actor, now=now)
    if next_due_at is not None:
        follow_ups.add(
            lead=lead,
            title=_next_title(contact),
            kind=KIND_OF_NEXT[contact.kind],
            due_at=next_due_at,
            actor=actor,
            now=now,
        )
    return settled


def _activity(lead: Lead, contact: Contact, actor: User) -> NewActivity:
    return NewActivity(
        lead_id=lead.pk,
        kind=contact.kind,
        occurred_at=contact.happened_at,
        source_system="baton",
        external_id=contact.external_id,
        subject=contact.note.strip(),
        properties={"outcome": contact.outcome.value},
        actor=actor,
    )


def _next_title(contact: Contact) -> str:
    if contact.outcome in (Outcome.REACHED, Outcome.HELD, Outcome.REPLIED):
        return _("Next step")
    return _("Try again: {outcome}").format(
        outcome=Outcome(contact.outcome).label.lower()
    )
