"""Giving the open hand-offs of a rep to others, while the rep is away."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff.choices import HandoffStatus
from handoff.desk import reassigning
from handoff.desk.reassigning import Outcome
from handoff.models import Handoff
from handoff.routing import absences, floor
from leads.models import Rep, User

# A call moves at most this many; none has more in a queue that is looked after.
MOST = 500


class NobodyThereError(Exception):
    """There is no rep to take the work; the message says why."""


@dataclass(frozen=True)
class Shares:
    """What waits for the rep, with who would take it; the rest stays, for want of room.

    Both begin with the most urgent.
    """

    rep: Rep
    taken: list[tuple[Handoff, Rep]]
    staying: list[Handoff]

    @property
    def why_some_stay(self) -> str:
        """One sentence; empty where all is taken."""
        count = len(self.staying)
        text = ngettext(
            "{count} lead stays with {rep}: there is no room for more.",
            "{count} leads stay with {rep}: there is no room for more.",
            count,
        )
        return text.format(count=count, rep=self.rep) if count else ""


def cover(
    *, rep: Rep, to: Rep | None, reason: str, actor: User, now: datetime
) -> Outcome:
    """Reassign what waits for the rep, one transaction a lead.

    Without `to` it goes to the reps of the team who are there, each to the one with the
    most free room. What finds no room, or was decided meanwhile, is told.

    Raises:
        NobodyThereError: and nothing has changed.
    """
    found = shares(rep=rep, to=to, now=now)
    outcome = reassigning.reassign_many(
        wanted=found.taken, reason=reason, actor=actor, now=now
    )
    if found.staying:
        outcome.refused.append(found.why_some_stay)
    return outcome


def shares(*, rep: Rep, to: Rep | None, now: datetime) -> Shares:
    """Who would take how much of what waits for the rep, as far as there is room.

    Raises:
        NobodyThereError: nobody would, however much room there is.
    """
    colleagues = who_may_cover(rep=rep, now=now).filter(team=rep.team_id)
    takers = _takers([to] if to else colleagues, now)
    if not takers:
        raise NobodyThereError(_("Nobody else in the team takes new leads."))
    heapq.heapify(takers)
    found = Shares(rep, [], [])
    waiting = Handoff.objects.pending().filter(rep=rep.user_id).with_names()
    for handoff in waiting.order_by("due_at", "pk")[:MOST]:
        load, pk, taker = takers[0]
        if load >= 0:
            found.staying.append(handoff)
            continue
        heapq.heapreplace(takers, (load + 1, pk, taker))
        found.taken.append((handoff, taker))
    return found


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


def _takers(reps: Iterable[Rep], now: datetime) -> list[tuple[int, int, Rep]]:
    """Each of these with minus the free room."""
    there = floor.read(now=now).candidates
    return [
        (-there[rep.user_id].room, rep.pk, rep) for rep in reps if rep.user_id in there
    ]
