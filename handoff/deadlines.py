"""How much time a decision has left, as people read it.

The words are those of `inWords` in static/js/app.js, which goes on counting.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from leads.ages import HOUR, span_in_words

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
