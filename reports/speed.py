"""The question of the velocity report, which its parts share."""

from dataclasses import dataclass

from reports.periods import Period
from reports.scope import Scope


@dataclass(frozen=True)
class Question(Scope):
    """What left a stage, qualified or was decided in `period`."""

    period: Period
