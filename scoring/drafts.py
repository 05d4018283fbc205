"""What scoring models and routing plans have in common: they are edited as drafts."""

from collections.abc import Sequence
from typing import Any, Protocol

from django.db.models import Case, F, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import User
from scoring.choices import ModelStatus


class Version(Protocol):
    """One release of what is edited."""

    version: int
    status: str


class Event(Protocol):
    """A row of its history."""

    @property
    def actor(self) -> User | None:
        """Who did it."""


class NotADraftError(Exception):
    """Only drafts are edited; the message says what this version is instead."""

    text = gettext_lazy(
        "Version {version} is {status}, and only a draft can be changed."
    )

    def __init__(self, version: Version) -> None:
        status = str(ModelStatus(version.status).label).lower()
        said = str(self.text).format(version=version.version, status=status)
        super().__init__(said)


class ThrownAwayError(NotADraftError):
    """The version is not there any more; it was a draft when it was read."""

    text = gettext_lazy("Version {version} was thrown away meanwhile.")


class ChangedMeanwhileError(Exception):
    """Somebody else saved first; the message says who, if that is known."""

    def __init__(self, latest: Event | None) -> None:
        by = latest.actor if latest else None
        text = _("Somebody changed this while you were at it. Nothing was saved.")
        if by is not None:
            text = _("{by} changed this while you were at it. Nothing was saved.")
        super().__init__(text.format(by=by))


def write_order(lines: QuerySet[Any], pks: Sequence[int]) -> None:
    """Number these lines of a draft in this order.

    Two statements: positions are unique at every moment, so all move away first.
    """
    away = max(lines.values_list("position", flat=True)) + len(pks)
    lines.update(position=F("position") + away)
    places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(pks, 1)]
    lines.update(position=Case(*places))
