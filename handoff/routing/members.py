"""Who is on the sales floor: weight, capacity, and whom each rep serves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _

from handoff import setting_changes
from handoff.choices import SettingKind
from handoff.models import Absence, Handoff, Seat, WorkingCalendar
from handoff.routing import absences, days
from handoff.setting_changes import By
from handoff.sla import calendars, changing, times, words
from handoff.sla.calendars import Calendars
from leads.models import Rep, Team
from leads.text import fold


@dataclass(frozen=True)
class Hours:
    """When somebody works: by the `calendar`, `is_own` where it is not the team's.

    Without a calendar it is around the clock. `zone` is that of the rep's days.
    """

    calendar: WorkingCalendar | None
    is_own: bool
    week: str
    zone: tzinfo


@dataclass(frozen=True)
class Membership:
    """What a manager sets for a rep; the lists are words as they were typed.

    Without a calendar the rep works by the team's; without a team the rep stays in the
    one of today.
    """

    weight: int
    capacity: int
    capacity_per_day: int | None
    is_available: bool
    countries: Sequence[str]
    languages: Sequence[str]
    industries: Sequence[str]
    calendar: WorkingCalendar | None = None
    team: Team | None = None


def teams(*, now: datetime) -> list[dict[str, Any]]:
    """Each team with its reps: `team`, `calendar`, `reps`.

    Of a rep: `rep`, `seat`, `waiting`, `hours`, and `absences` that hold or are ahead,
    each with its words.
    """
    pending = Handoff.objects.pending().exclude(rep=None).order_by().values("rep")
    waiting = dict(pending.annotate(n=Count("pk")).values_list("rep", "n"))
    ahead = Absence.objects.filter(ends_at__gt=now)
    reps = (
        Rep.objects.filter(user__is_active=True)
        .select_related("user", "team", "seat")
        .prefetch_related(Prefetch("absences", ahead, to_attr="coming"))
        .order_by("user__name", "pk")
    )
    found = Team.objects.prefetch_related(Prefetch("reps", reps, to_attr="members"))
    known, by_id = calendars.load(), WorkingCalendar.objects.in_bulk()
    return [
        {
            "team": team,
            "calendar": by_id.get(known.id_by_team_id.get(team.pk, 0)),
            "reps": [
                {
                    "rep": rep,
                    "seat": getattr(rep, "seat", None) or Seat(rep=rep),
                    "waiting": waiting.get(rep.user_id, 0),
                    **_times(rep, rep.coming, known, by_id),
                }
                for rep in team.members
            ],
        }
        for team in found
    ]


def times_of(*, rep: Rep, now: datetime) -> dict[str, Any]:
    """The `hours` of one rep, and the `absences` from now on, the next first."""
    ahead = rep.absences.filter(ends_at__gt=now).select_related("made_by")
    return _times(rep, ahead, calendars.load(), WorkingCalendar.objects.in_bulk())


def _times(
    rep: Rep,
    ahead: Iterable[Absence],
    known: Calendars,
    by_id: Mapping[int, WorkingCalendar],
) -> dict[str, Any]:
    calendar_id = known.id_of(team_id=rep.team_id, user_id=rep.user_id)
    zone = days.zone_of(rep, known)
    hours = Hours(
        calendar=by_id.get(calendar_id) if calendar_id else None,
        is_own=rep.user_id in known.id_by_user_id,
        week=times.week_in_words(known.hours(calendar_id).shifts),
        zone=zone,
    )
    told = [(one, absences.in_words(one, zone=zone)) for one in ahead]
    return {"hours": hours, "absences": told}


def seat_of(rep: Rep) -> Seat:
    """The rep's seat, or an unsaved one that serves everybody."""
    return Seat.objects.filter(rep=rep).first() or Seat(rep=rep)


@transaction.atomic
def save(*, rep: Rep, to: Membership, by: By) -> None:
    """Store what was set; it holds from the next routing on.

    Who comes into another team is level with its reps, and keeps what the rep has, as
    the former team promised it.
    """
    before = _facts(rep)
    moves = to.team is not None and to.team != rep.team
    rep.weight, rep.capacity = to.weight, to.capacity
    rep.is_available, rep.team = to.is_available, to.team or rep.team
    rep.save(update_fields=["weight", "capacity", "is_available", "team"])
    serves: dict[str, Any] = {
        "capacity_per_day": to.capacity_per_day,
        "countries": _once_each(to.countries),
        "languages": _once_each(to.languages),
        "industries": _once_each(to.industries),
    }
    joining = {**serves, "assigned": _joining_count(rep)}
    if moves:
        serves = joining
    Seat.objects.update_or_create(rep=rep, defaults=serves, create_defaults=joining)
    changing.let_work(rep=rep, calendar=to.calendar, by=by)
    _record(rep, before, by)


@transaction.atomic
def set_presence(*, rep: Rep, is_available: bool, by: By) -> None:
    """Say whether routing gives the rep new leads."""
    before = _facts(rep)
    rep.is_available = is_available
    rep.save(update_fields=["is_available"])
    _record(rep, before, by)


def _record(rep: Rep, before: dict[str, str], by: By) -> None:
    setting_changes.record(
        kind=SettingKind.MEMBER,
        subject=str(rep),
        before=before,
        after=_facts(rep),
        by=by,
    )


def _facts(rep: Rep) -> dict[str, str]:
    """What is stored of the rep."""
    related = Rep.objects.select_related("team", "seat", "calendar_use__calendar")
    row = related.get(pk=rep.pk)
    seat = getattr(row, "seat", None) or Seat()
    use = getattr(row, "calendar_use", None)
    return {
        _("Team"): str(row.team),
        _("Weight"): str(row.weight),
        _("Undecided at once, at most"): str(row.capacity),
        _("New a day, at most"): str(seat.capacity_per_day or ""),
        _("Takes new leads"): _("yes") if row.is_available else _("no"),
        _("Countries"): ", ".join(seat.countries),
        _("Languages"): ", ".join(seat.languages),
        _("Industries"): ", ".join(seat.industries),
        _("Works by"): words.works_by(use.calendar if use else None),
    }


def _joining_count(rep: Rep) -> int:
    """Level with the colleague who had the fewest turns, as routing lets reps join."""
    others = Seat.objects.filter(rep__team=rep.team).exclude(rep=rep)
    seats = others.values_list("assigned", "rep__weight")
    return ceil(min((turn / weight for turn, weight in seats), default=0) * rep.weight)


def _once_each(words: Sequence[str]) -> list[str]:
    """As they were typed first, in the order of the alphabet."""
    by_folded: dict[str, str] = {}
    for word in words:
        by_folded.setdefault(fold(word), " ".join(word.split()))
    return [by_folded[folded] for folded in sorted(by_folded) if folded]
