"""Giving the open hand-offs of a rep to others, while the rep is away."""

import heapq
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from handoff.choices import HandoffStatus
from handoff.desk import reassigning
from handoff.desk.reassigning import Outcome
from handoff.models import Handoff
from handoff.routing import absences
from leads.models import Rep, User

# A call moves at most this many; none has more in a queue that is looked after.
MOST = 500


class NobodyThereError(Exception):
    """There is no rep to take the work; the message says why."""


def cover(
    *, rep: Rep, to: Rep | None, reason: str, actor: User, now: datetime
) -> Outcome:
    """Reassign what waits for the rep, one transaction a lead.

    Without `to` it goes to the reps of the team who are there, each to the one with the
    most free room. What was decided meanwhile, or finds no room, is refused and told.

    Raises:
        NobodyThereError: and nothing has changed.
    """
    wanted = shares(rep=rep, to=to, now=now)
    return reassigning.reassign_many(wanted=wanted, reason=reason, actor=actor, now=now)


def shares(*, rep: Rep, to: Rep | None, now: datetime) -> list[tuple[Handoff, Rep]]:
    """What waits for the rep, the most urgent first, each with who would take it.

    Raises:
        NobodyThereError: nobody would.
    """
    takers = [(0, to.pk, to)] if to else _takers(rep, now)
    if not takers:
        raise NobodyThereError(_("Nobody else in the team takes new leads."))
    heapq.heapify(takers)
    waiting = Handoff.objects.pending().filter(rep=rep.user_id).with_names()
    wanted = []
    for handoff in waiting.order_by("due_at", "pk")[:MOST]:
        load, pk, taker = heapq.heappop(takers)
        heapq.heappush(takers, (load + 1, pk, taker))
        wanted.append((handoff, taker))
    return wanted


def who_may_cover(*, rep: Rep, now: datetime) -> QuerySet[Rep]:
    """The other reps who are there and take leads, with how many wait for each."""
    absent = absences.of(now=now).values("rep")
    there = Rep.objects.filter(is_available=True, user__is_active=True)
    others = there.exclude(pk=rep.pk).exclude(pk__in=absent)
    is_open = Q(user__handoffs__status=HandoffStatus.PENDING)
    return (
        others.select_related("user", "team")
        .annotate(waiting=Count("user__handoffs", filter=is_open))
        .order_by("team__name", "user__name", "pk")
    )


def _takers(rep: Rep, now: datetime) -> list[tuple[int, int, Rep]]:
    """The colleagues who are there, each with minus the free room."""
    colleagues = who_may_cover(rep=rep, now=now).filter(team=rep.team_id)
    return [
        (one.waiting - one.capacity, one.pk, one)  # type: ignore[attr-defined]
        for one in colleagues
    ]
