"""The condition builder: a tree as rows of a form, and back.

A tree has one row for each condition in its outermost group. Groups inside it are shown
in words and kept as they are.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads import condition_fields, conditions
from leads.condition_fields import Field, Number, Operator
from leads.conditions import MOST_LEAVES, UNARY, ConditionError, Tree

GROUPS = {
    "all": gettext_lazy("all of these hold"),
    "any": gettext_lazy("at least one of these holds"),
    "none": gettext_lazy("none of these holds"),
}
# The name of the buttons that change the rows instead of saving.
BUTTON = "builder"


@dataclass(frozen=True)
class Row:
    """One condition as it is typed, or a kept group: then `kept` is its JSON."""

    index: int
    subject: str
    field: str = ""
    key: str = ""
    operator: str = ""
    value: str = ""
    kept: str = ""
    error: str = ""

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What can be asked about: name and label."""
        return [(one.name, str(one.label)) for one in conditions.fields(self.subject)]

    @property
    def operators(self) -> list[tuple[str, str]]:
        """How the chosen field can be compared: name and label."""
        found = self._found
        return [(one.value, str(one.label)) for one in found.operators] if found else []

    @property
    def is_family(self) -> bool:
        """Whether the field asks for a key, as a property does."""
        return self.field.endswith(".")

    @property
    def takes_value(self) -> bool:
        return self.operator not in UNARY

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The values to choose from, where there are few."""
        found = self._found
        if found and self.operator != Operator.ONE_OF:
            return [(name, str(label)) for name, label in found.choices.items()]
        return []

    @property
    def is_list(self) -> bool:
        return self.operator == Operator.ONE_OF

    @property
    def words(self) -> str:
        """A kept group in words."""
        return conditions.describe(json.loads(self.kept), self.subject)

    @property
    def tree(self) -> Any:
        """The condition; it need not be valid."""
        if self.kept:
            return json.loads(self.kept)
        leaf = {"field": self.field + self.key, "operator": self.operator}
        return leaf | {"value": self._parsed()} if self.takes_value else leaf

    @property
    def _found(self) -> Field | None:
        known = {one.name: one for one in conditions.fields(self.subject)}
        return known.get(self.field)

    def _parsed(self) -> Any:
        if self.is_list:
            parts = [part.strip() for part in self.value.split(",")]
            return [self._one(part) for part in parts if part]
        return self._one(self.value.strip())

    def _one(self, text: str) -> Any:
        compared = self.operator in condition_fields.COMPARED
        if not compared and not isinstance(self._found, Number):
            return text
        try:
            number = float(text)
        except ValueError:
            return text
        return int(number) if number.is_integer() else number


@dataclass(frozen=True)
class ConditionForm:
    """The rows of a tree and how they are joined; `error` is about them all."""

    subject: str
    group: str
    rows: Sequence[Row]
    error: str = ""

    @property
    def groups(self) -> list[tuple[str, str]]:
        return [(name, str(label)) for name, label in GROUPS.items()]

    @property
    def is_valid(self) -> bool:
        return not self.error and not any(row.error for row in self.rows)

    @property
    def tree(self) -> Tree:
        """What the rows say; valid where the form is."""
        parts = [row.tree for row in self.rows]
        if not parts:
            return {}
        is_leaf = len(parts) == 1 and self.group != "none"
        return parts[0] if is_leaf else {self.group: parts}


def of_tree(tree: Tree, subject: str) -> ConditionForm:
    """The form that shows a tree."""
    if not tree:
        return ConditionForm(subject, "all", [])
    if "field" in tree:
        return ConditionForm(subject, "all", [_row(0, tree, subject)])
    group, parts = next(iter(tree.items()))
    rows = [_row(index, part, subject) for index, part in enumerate(parts)]
    return ConditionForm(subject, group, rows)


def of_post(posted: QueryDict, subject: str) -> ConditionForm:
    """The form as it was sent, with the rows that its buttons asked for."""
    group = posted.get("group-of-conditions", "all")
    numbers = [one for one in posted.getlist("row")[:MOST_LEAVES] if len(one) < 5]
    indexes = [int(one) for one in numbers if one.isascii() and one.isdigit()]
    pressed = posted.get(BUTTON, "")
    rows = [
        _posted(index, posted, subject)
        for index in indexes
        if pressed != f"remove-{index}"
    ]
    if pressed == "add":
        first = conditions.fields(subject)[0]
        index = max(indexes, default=-1) + 1
        rows.append(Row(index, subject, first.name, operator=first.operators[0]))
    return ConditionForm(subject, group if group in GROUPS else "all", rows)


def checked(form: ConditionForm, *, may_be_empty: bool) -> ConditionForm:
    """The same form, with what is wrong written beside the row it is wrong in."""
    rows = [replace(row, error=_problem(row)) for row in form.rows]
    error = ""
    if not rows and not may_be_empty:
        error = _("Without a condition this would hold for every lead. Add one.")
    elif not any(row.error for row in rows):
        try:
            conditions.validate(form.tree, form.subject)
        except ConditionError as refused:
            error = refused.message
    return replace(form, rows=rows, error=error)


def _problem(row: Row) -> str:
    if row.is_family and not row.key:
        return _("Say which one: its name goes into the second box.")
    try:
        conditions.validate(row.tree, row.subject)
    except ConditionError as refused:
        return refused.message
    return ""


def _posted(index: int, posted: QueryDict, subject: str) -> Row:
    kept = posted.get(f"kept-{index}", "")
    if kept and _is_sound(kept, subject):
        return Row(index, subject, kept=kept)
    row = Row(
        index,
        subject,
        field=posted.get(f"field-{index}", "")[:100],
        key=posted.get(f"key-{index}", "").strip()[:100],
        operator=posted.get(f"operator-{index}", "")[:20],
        value=posted.get(f"value-{index}", "")[:10_000],
    )
    if not row.is_family:
        row = replace(row, key="")
    offered = [name for name, _label in row.operators]
    if posted.get(BUTTON) and offered and row.operator not in offered:
        return replace(row, operator=offered[0])
    return row


def _is_sound(kept: str, subject: str) -> bool:
    """Whether this is a group as the form had written it, not made up by somebody."""
    try:
        tree = json.loads(kept)
        conditions.validate(tree, subject)
    except (ValueError, RecursionError, ConditionError):
        return False
    return bool(tree)


def _row(index: int, part: Mapping[str, Any], subject: str) -> Row:
    value = part.get("value")
    listed = value if isinstance(value, list) else [value]
    is_typed = "field" in part and not any("," in str(one) for one in listed)
    if not is_typed:
        return Row(index, subject, kept=json.dumps(part))
    family, dot, key = str(part["field"]).partition(".")
    return Row(
        index,
        subject,
        field=family + dot,
        key=key,
        operator=part["operator"],
        value=", ".join(_typed(one) for one in listed if one is not None),
    )


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
