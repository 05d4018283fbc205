"""Reading what a provider sent, of which nothing can be taken for granted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from leads.nurture.mail.events import LONGEST

# An event as `mail.events` takes it.
Event = dict[str, Any]
Values = Mapping[str, Any]


class ProviderError(Exception):
    """What came is nothing that the provider sends; the message says what is amiss."""


def values(found: Any, what: str) -> Values:
    """The object itself.

    Raises:
        ProviderError: it is none.
    """
    if not isinstance(found, Mapping):
        text = _("Expected an object: {what}.")
        raise ProviderError(text.format(what=what))
    return found


def listed(found: Any, what: str) -> Sequence[Any]:
    """The list itself.

    Raises:
        ProviderError: it is none.
    """
    if not isinstance(found, list):
        text = _("Expected a list: {what}.")
        raise ProviderError(text.format(what=what))
    return found


def within(found: Values, *names: str) -> Values:
    """The object at this path; an empty one where there is none."""
    inner: Any = found
    for name in names:
        inner = inner.get(name) if isinstance(inner, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def objects(found: Values, name: str) -> Iterator[Values]:
    """The objects of the list under this name; none where there is no such list."""
    rows = found.get(name)
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, Mapping):
            yield row


def text(found: Values, *names: str) -> str:
    """The first of these that is a text and not empty, as one line to be shown."""
    for name in names:
        said = found.get(name)
        if isinstance(said, str) and said.strip():
            shown = "".join(one if one.isprintable() else " " for one in said)
            return " ".join(shown.split())
    return ""


def event(kind: str, *, email: str, message_id: str, **more: Any) -> Event:
    """An event of this kind; what a provider tells at length is cut."""
    reason = str(more.pop("reason", ""))[: LONGEST["reason"]]
    made = {"kind": kind, "message_id": message_id, "email": email, "reason": reason}
    return {name: said for name, said in made.items() if said} | more
