"""What can be done to many leads; higher rooms bring theirs by `BULK_DEEDS`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django import forms
from django.conf import settings
from django.utils.module_loading import import_string

from leads.models import User
from leads.nurture.choices import BulkKind

Wish = Mapping[str, Any]


class BulkDeedError(Exception):
    """The deed cannot be done for any lead (any more); the message says why."""


@dataclass(frozen=True)
class Outcome:
    """What became of a batch: how many changed, and why some were refused, by lead.

    The rest was as wanted before.
    """

    changed: int = 0
    refused: Mapping[int, str] = field(default_factory=dict)


class Act(Protocol):
    """Do it for a batch of leads, in the transaction of the caller; twice is once."""

    def __call__(
        self, *, lead_ids: Sequence[int], wish: Wish, actor: User, now: datetime
    ) -> Outcome:
        """Raise `BulkDeedError` where it cannot be done for any."""


class BulkForm(forms.Form):
    """What a deed asks for, at the instant `now`."""

    def __init__(self, data: Any = None, *, now: datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.now = now

    @property
    def wish(self) -> dict[str, Any]:
        """What is wanted, as plain values."""
        raise NotImplementedError

    @property
    def in_words(self) -> str:
        """What is wanted, such as “Add the tag “webinar””."""
        raise NotImplementedError


@dataclass(frozen=True)
class Deed:
    """One thing that can be done to many leads.

    prepare: makes what the wish names and is not there yet, once, when it is asked for.
    finish: writes down, once, that it was done for so many leads.
    """

    form: type[BulkForm]
    permission: str
    icon: str
    act: Act
    prepare: Callable[[Wish, User, datetime], Wish] | None = None
    finish: Callable[[Wish, int, User, datetime], None] | None = None


_OURS = {
    "enrol": "leads.nurture.bulk.deeds.ENROL",
    "tag": "leads.nurture.bulk.deeds.TAG",
    "list": "leads.nurture.bulk.deeds.PUT_INTO_LIST",
    "campaign": "leads.nurture.bulk.deeds.ADD_TO_CAMPAIGN",
}


def deed_of(kind: str) -> Deed:
    """How deeds of this kind are done."""
    found: Deed = import_string((_OURS | settings.BULK_DEEDS)[kind])
    return found


def offered_to(user: User) -> list[tuple[BulkKind, Deed]]:
    """What this person may do to many leads, in the order of `BulkKind`."""
    deeds = [(kind, deed_of(kind)) for kind in BulkKind]
    return [(kind, deed) for kind, deed in deeds if user.has_perm(deed.permission)]
