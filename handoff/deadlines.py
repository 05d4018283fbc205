"""How much time a decision has left, as people read it.

Working time is told where it is not the time on the clock. static/js/app.js goes on
counting both, by the same words.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext as _

from handoff.sla.hours import AROUND_THE_CLOCK, WorkingHours
from leads.ages import HOUR, MINUTE, span_in_words

SOON = HOUR  # a countdown warns within its last hour
# What lies further ahead is told in hours, which a page need not count down.
MOST_SPANS = 10


@dataclass(frozen=True)
class Deadline:
    """`seconds` left on the clock, negative when the time is over; `working` of them.

    One that `is_paused` has no end yet. `spans` are the working times that are left,
    each from and until a second since 1970; none where the clock on the wall tells it.
    """

    seconds: float
    working: float
    is_paused: bool = False
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def state(self) -> str:
        if self.is_paused:
            return "paused"
        if self.seconds < 0:
            return "overdue"
        return "soon" if self.working < SOON else "calm"

    @property
    def is_counted(self) -> bool:
        """Whether the clock on the wall tells what is left."""
        in_one_go = self.seconds - self.working < MINUTE
        return not self.is_paused and (self.seconds < 0 or in_one_go)

    @property
    def words(self) -> str:
        if self.is_paused:
            return _("Paused")
        if self.seconds < 0:
            return _("Overdue {time}").format(time=span_in_words(-self.seconds))
        if self.is_counted:
            return _("{time} left").format(time=span_in_words(self.seconds))
        # A chip is short: above two hours the minutes do not matter.
        working = (
            self.working if self.working < 2 * HOUR else self.working // HOUR * HOUR
        )
        return _("{time} working time left").format(time=working_span(working))


def deadline(
    *,
    due_at: datetime,
    now: datetime,
    hours: WorkingHours = AROUND_THE_CLOCK,
    is_paused: bool = False,
) -> Deadline:
    """The time from now until the decision is due, for somebody with these hours."""
    seconds = (due_at - now).total_seconds()
    left = Deadline(seconds, hours.elapsed(now, due_at), is_paused)
    if is_paused or left.is_counted:
        return left
    spans = list(islice(hours.spans(now, due_at), MOST_SPANS + 1))
    if len(spans) > MOST_SPANS:
        return left
    ahead = ((int(one.timestamp()), int(end.timestamp())) for one, end in spans)
    return replace(left, spans=tuple(ahead))


def working_span(seconds: float) -> str:
    """Working time in hours and minutes: "42 min", "7 h 30 min", "16 h".

    Never in days, of which nobody knows whether they have 8 hours or 24.
    """
    minutes = int(seconds // MINUTE)
    hours, rest = divmod(minutes, 60)
    parts = [_("{count} h").format(count=hours)] if hours else []
    if rest or not hours:
        parts.append(_("{count} min").format(count=rest))
    return " ".join(parts)
