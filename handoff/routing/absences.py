"""When reps are away: planned by themselves or by a manager."""

from datetime import datetime, tzinfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from handoff.models import Absence
from handoff.routing import days
from leads.models import Rep, User

PERMISSION = "handoff.manage_handoffs"


class AbsenceError(Exception):
    """An absence cannot be planned so; the message says why."""


def of(*, now: datetime) -> QuerySet[Absence]:
    """The absences that hold at this instant."""
    return Absence.objects.filter(starts_at__lte=now, ends_at__gt=now)


def in_words(absence: Absence, *, zone: tzinfo) -> str:
    """“2 Dec – 8 Dec 2026”: whole days of the rep, the last one included.

    What begins or ends within a day is told to the minute, in the zone of the reader.
    """
    if days.are_whole(absence.starts_at, absence.ends_at, zone):
        first = absence.starts_at.astimezone(zone).date()
        last = days.last_day(absence.ends_at, zone)
        shape = "j M" if first.year == last.year and first != last else "j M Y"
        ends = [date_format(first, shape), date_format(last, "j M Y")]
    else:
        both = (absence.starts_at, absence.ends_at)
        ends = [date_format(timezone.localtime(at), "j M Y H:i") for at in both]
    return " – ".join(dict.fromkeys(ends))


def may_plan(*, rep: Rep, user: User) -> bool:
    """Whether this person may say when the rep is away: the rep, and a manager."""
    return rep.user_id == user.pk or user.has_perm(PERMISSION)


def plan(
    *,
    rep: Rep,
    starts_at: datetime,
    ends_at: datetime,
    note: str,
    catches_up: bool,
    actor: User,
) -> Absence:
    """Let no new lead go to the rep in that time; what the rep holds stays there.

    Raises:
        AbsenceError: it ends before it begins, or is not for this person to say.
    """
    if not may_plan(rep=rep, user=actor):
        raise AbsenceError(_("Only the rep and managers plan an absence."))
    if ends_at <= starts_at:
        raise AbsenceError(_("An absence ends after it begins."))
    return Absence.objects.create(
        rep=rep,
        starts_at=starts_at,
        ends_at=ends_at,
        note=note.strip(),
        catches_up=catches_up,
        made_by=actor,
    )


def cancel(*, absence: Absence, actor: User) -> None:
    """Let leads go to the rep after all; what waits in the pool is not moved.

    Raises:
        AbsenceError: it is not for this person to say.
    """
    if not may_plan(rep=absence.rep, user=actor):
        raise AbsenceError(_("Only the rep and managers plan an absence."))
    absence.delete()
