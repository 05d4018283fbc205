"""The history of how sales works: who changed what from what to what, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from handoff.choices import SettingKind
from handoff.models import SettingChange
from leads.models import User
from scoring.wording import differences

SUBJECT_LENGTH = 200
SHOWN = 20
# What something is, in words, by what the page calls it.
Facts = Mapping[str, str]


@dataclass(frozen=True)
class By:
    """Who changes a setting, when, and why if that was asked."""

    actor: User
    now: datetime
    reason: str = ""


def record(
    *, kind: SettingKind, subject: str, before: Facts, after: Facts, by: By
) -> None:
    """Keep what is different, in the transaction that changes it; nothing is no change.

    What was made had no facts before, and what is gone has none after.
    """
    changes = differences(dict(before), dict(after))
    if changes:
        SettingChange.objects.create(
            kind=kind,
            subject=subject[:SUBJECT_LENGTH],
            changes=changes,
            note=by.reason.strip(),
            actor=by.actor,
            at=by.now,
        )


def latest(*kinds: SettingKind) -> QuerySet[SettingChange]:
    """The last changes of these kinds, the newest first."""
    changes = SettingChange.objects.filter(kind__in=kinds).select_related("actor")
    return changes[:SHOWN]
