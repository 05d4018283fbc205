"""How much time a decision has left, as people read it.

The words are those of `inWords` in static/js/app.js, which goes on counting.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3_600, 86_400
SOON = HOUR  # a countdown warns within its last hour


@dataclass(frozen=True)
class Deadline:
    """`seconds` left; negative when the time is over."""

    seconds: float

    @property
    def state(self) -> str:
        if self.seconds < 0:
            return "overdue"
        return "soon" if self.seconds < SOON else "calm"

    @property
    def words(self) -> str:
        sentence = _("Overdue {time}") if self.seconds < 0 else _("{time} left")
        return sentence.format(time=span_in_words(abs(self.seconds)))


def deadline(*, due_at: datetime, now: datetime) -> Deadline:
    """The time from now until the decision is due."""
    return Deadline((due_at - now).total_seconds())


def span_in_words(seconds: float) -> str:
    """Two units at most: "18 min", "1 h 12 min", "3 d 4 h"."""
    whole = int(seconds)
    days, hours = whole // DAY, whole % DAY // HOUR
    minutes = whole % HOUR // MINUTE
    if days:
        parts = [_("{count} d").format(count=days)]
        return " ".join([*parts, _("{count} h").format(count=hours)][: 1 + bool(hours)])
    words = _("{count} min").format(count=minutes)
    return f"{_('{count} h').format(count=hours)} {words}" if hours else words
