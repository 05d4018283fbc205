"""The sales floor on its way through a time that is over; nothing is written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from heapq import heapify, heappop, heappush

from django.db.models import Q

from handoff.choices import HandoffStatus
from handoff.models import Absence, Handoff
from handoff.routing import days, floor, turns
from handoff.routing.floor import Floor
from handoff.sla.hours import WorkingHours
from leads.models import Lead

WITH_SALES = (HandoffStatus.PENDING, HandoffStatus.ACCEPTED)
Span = tuple[datetime, datetime, bool]


@dataclass
class Past:
    """The floor at one instant after the other.

    Reps, weights and capacities are those of today; absences, working hours and what
    each held undecided are those of then. `leaving` says when whose hand-off ends.
    """

    sales: Floor
    hours_by_user_id: dict[int, WorkingHours]
    away_by_user_id: dict[int, list[Span]]
    zone_by_user_id: dict[int, tzinfo]
    today_by_user_id: dict[int, date]
    leaving: list[tuple[datetime, int]] = field(default_factory=list)

    def advance(self, now: datetime) -> None:
        """Let the time until now go by."""
        while self.leaving and self.leaving[0][0] <= now:
            self._count(heappop(self.leaving)[1], -1)
        for user_id, one in self.sales.candidates.items():
            away = [s for s in self.away_by_user_id.get(user_id, []) if s[0] <= now]
            held = next((span for span in away if span[1] > now), None)
            today = days.today(now, self.zone_by_user_id[user_id])
            is_new_day = today != self.today_by_user_id[user_id]
            self.today_by_user_id[user_id] = today
            self.sales.candidates[user_id] = replace(
                one,
                is_available=self.sales.reps[user_id].is_available and not held,
                catches_up=held[2] if held else one.catches_up,
                is_at_work=self.hours_by_user_id[user_id].is_open(now),
                given_today=0 if is_new_day else one.given_today,
                assigned=one.assigned if one.is_available else self._level(user_id),
            )

    def hold(self, user_id: int, until: datetime | None) -> None:
        """The rep, who was just given a lead, has it undecided until then."""
        if until is not None:
            heappush(self.leaving, (until, user_id))

    def _level(self, user_id: int) -> int:
        """With how many turns a rep goes on who was away."""
        one = self.sales.candidates[user_id]
        if one.catches_up:
            return one.assigned
        members = self.sales.members(self.sales.reps[user_id].team_id)
        return max(one.assigned, turns.joining_count(one.weight, members))

    def _count(self, user_id: int, change: int) -> None:
        one = self.sales.candidates[user_id]
        waiting = max(0, one.waiting + change)
        self.sales.candidates[user_id] = replace(one, waiting=waiting)


def at(since: datetime) -> Past:
    """The floor as it was at that instant, with everybody's turns level."""
    sales = floor.read(now=since)
    away: defaultdict[int, list[Span]] = defaultdict(list)
    for one in Absence.objects.filter(ends_at__gt=since).select_related("rep"):
        span = (one.starts_at, one.ends_at, one.catches_up)
        away[one.rep.user_id].append(span)
    held = list(_held(since))
    zones = {
        user_id: days.zone_of(rep, sales.calendars)
        for user_id, rep in sales.reps.items()
    }
    today = {user_id: days.today(since, zone) for user_id, zone in zones.items()}
    for user_id, candidate in sales.candidates.items():
        sales.candidates[user_id] = replace(
            candidate,
            assigned=0,
            last_assigned_at=None,
            waiting=sum(rep == user_id for rep, _assigned, _ends in held),
            given_today=sum(
                rep == user_id
                and begun is not None
                and days.today(begun, zones[user_id]) == today[user_id]
                for rep, begun, _ends in held
            ),
        )
    leaving = [
        (end, rep)
        for rep, _begun, end in held
        if end is not None and rep in sales.candidates
    ]
    heapify(leaving)
    return Past(
        sales=sales,
        hours_by_user_id={
            user_id: sales.calendars.of(team_id=rep.team_id, user_id=user_id)
            for user_id, rep in sales.reps.items()
        },
        away_by_user_id=dict(away),
        zone_by_user_id=zones,
        today_by_user_id=today,
        leaving=leaving,
    )


def _held(since: datetime) -> Sequence[tuple[int, datetime | None, datetime | None]]:
    """Whose hand-offs were undecided then, since when, and when they ended."""
    begun = Handoff.objects.filter(routed_at__lt=since).exclude(rep=None)
    open_then = begun.filter(Q(decided_at=None) | Q(decided_at__gte=since))
    return list(open_then.values_list("rep", "assigned_at", "decided_at"))


# Who has somebody of a company, and until when; None is to this day.
Colleague = tuple[int, datetime | None]


def colleagues(leads: Sequence[Lead], since: datetime) -> dict[int, Colleague]:
    """By account of these leads: who had one of its people then, the last one."""
    account_ids = {lead.account_id for lead in leads if lead.account_id}
    before = Handoff.objects.filter(lead__account__in=account_ids, routed_at__lt=since)
    with_sales = before.exclude(rep=None).filter(
        Q(status__in=WITH_SALES) | Q(decided_at__gte=since)
    )
    columns = ("lead__account", "rep", "status", "decided_at")
    return {
        account_id: (rep_id, ends_at(status, decided_at))
        for account_id, rep_id, status, decided_at in with_sales.order_by(
            "routed_at"
        ).values_list(*columns)
    }


def ends_at(status: str, decided_at: datetime | None) -> datetime | None:
    """When a lead was with its rep no more; None where it still is."""
    return None if status in WITH_SALES else decided_at
