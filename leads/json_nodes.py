"""Reading a JSON document part by part, so that what is wrong is named by its place."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn, Self, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from leads import conditions
from leads.conditions import ConditionError

Choice = TypeVar("Choice", bound=TextChoices)


class DocumentError(Exception):
    """The document is not as told; `path` is where, such as `rules[3].points`."""

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(f"{path}: {message}" if path else message)


@dataclass(frozen=True)
class Node:
    """One value of a document, and where it stands. Raises: DocumentError."""

    value: Any
    path: str = ""

    def refuse(self, message: str) -> NoReturn:
        raise DocumentError(self.path, message)

    def members(self, *required: str, **optional: Any) -> dict[str, Self]:
        """The members of an object; those that are missing have their default."""
        if not isinstance(self.value, Mapping):
            self.refuse(_("not an object"))
        known = {*required, *optional}
        for name in self.value:
            if name not in known:
                self._member(name).refuse(_("not expected here"))
        for name in required:
            if name not in self.value:
                self._member(name).refuse(_("missing"))
        found = {**optional, **self.value}
        return {name: self._member(name, value) for name, value in found.items()}

    def _member(self, name: str, value: Any = None) -> Self:
        path = f"{self.path}.{name}" if self.path else str(name)
        return replace(self, value=value, path=path)

    def items(self, *, most: int) -> list[Self]:
        """The parts of a list that is not longer than that."""
        if not isinstance(self.value, list):
            self.refuse(_("not a list"))
        if len(self.value) > most:
            self.refuse(_("more than {most}").format(most=most))
        return [
            replace(self, value=one, path=f"{self.path}[{index}]")
            for index, one in enumerate(self.value)
        ]

    def number(self, low: float, high: float) -> float:
        """A finite number from `low` to `high`."""
        is_number = isinstance(self.value, int | float) and self.value is not True
        if not is_number or self.value is False or not math.isfinite(self.value):
            self.refuse(_("not a number"))
        if not low <= self.value <= high:
            message = _("not from {low} to {high}")
            self.refuse(message.format(low=f"{low:g}", high=f"{high:g}"))
        return float(self.value)

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        number = self.number(low, high)
        if not number.is_integer():
            self.refuse(_("not a whole number"))
        return int(number)

    def text(self, *, longest: int) -> str:
        """A text that can be shown, without the spaces at its ends."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.refuse(_("not a text"))
        if len(self.value) > longest:
            self.refuse(_("longer than {most}").format(most=longest))
        if not self.value.isprintable():
            self.refuse(_("holds characters that cannot be shown"))
        return self.value.strip()

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            self.refuse(_("not true or false"))
        return self.value

    def choice(self, choices: type[Choice]) -> Choice:
        if self.value not in choices.values:
            known = ", ".join(choices.values)
            self.refuse(_("not one of {known}").format(known=known))
        return choices(self.value)

    def tree(self, subject: str) -> Mapping[str, Any]:
        """Conditions over the subject, as `leads.conditions` takes them."""
        if not isinstance(self.value, Mapping):
            self.refuse(_("not an object"))
        try:
            conditions.validate(self.value, subject)
        except ConditionError as error:
            path = f"{self.path}.{error.path}" if error.path else self.path
            raise DocumentError(path, error.message) from error
        return self.value
