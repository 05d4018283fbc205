"""The question of the velocity report, which its parts share."""

from dataclasses import dataclass

from leads.models import User
from reports.periods import Period


@dataclass(frozen=True)
class Question:
    """What left a stage, qualified or was decided in `period`."""

    period: Period
    reader: User | None = None
