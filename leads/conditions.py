"""Conditions over leads and activities: one tree, checked, compiled, described.

A tree is `{}` (always), a leaf `{"field", "operator", "value"}`, or a group
`{"all" | "any" | "none": [tree, …]}`. A condition on a missing value is not matched,
so a group of "none" over it is.
"""

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads import condition_fields
from leads.condition_fields import Field, InvalidValueError, Operator

Tree = Mapping[str, Any]

DEEPEST = 5
MOST_LEAVES = 50
GROUPS = ("all", "any", "none")
UNARY = (Operator.IS_KNOWN, Operator.IS_UNKNOWN)

_fields: dict[str, dict[str, Field]] = {
    "lead": {field.name: field for field in condition_fields.LEAD_FIELDS},
    "activity": {field.name: field for field in condition_fields.ACTIVITY_FIELDS},
}


class ConditionError(Exception):
    """A tree that says nothing sensible; `path` is where, the message why."""

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(f"{path}: {message}" if path else message)


def register(subject: str, field: Field) -> None:
    """Let conditions over a subject ask about one more field; again replaces it."""
    _fields.setdefault(subject, {})[field.name] = field


def fields(subject: str) -> list[Field]:
    """What a condition over this subject may ask about, in the order of offering."""
    return list(_fields[subject].values())


def validate(tree: Tree, subject: str) -> None:
    """Refuse a tree that could not be compiled.

    Raises:
        ConditionError: with the path to the culprit, such as `all[1].value`.
    """
    if tree != {}:
        leaves = list(_checked_leaves(tree, subject, path="", depth=1))
        if len(leaves) > MOST_LEAVES:
            message = _("More than {most} conditions.").format(most=MOST_LEAVES)
            raise ConditionError("", message)


def compile_q(tree: Tree, subject: str, prefix: str = "") -> Q:
    """The tree as a filter; `prefix` leads to the subject, such as `lead__`.

    No NULL comes out of it, so it may be negated and used in CASE.

    Raises:
        ConditionError: the tree is not valid.
    """
    validate(tree, subject)
    return _compiled(tree, subject, prefix)


def unknown_q(tree: Tree, subject: str, prefix: str = "") -> Q | None:
    """What the tree asks about is missing, in part; None where nothing can be."""
    asked = {
        leaf["field"]
        for leaf in _leaves(tree)
        if leaf["operator"] not in UNARY  # these have an answer either way
    }
    missing = [
        _field(name, subject, "").compare(prefix, Operator.IS_UNKNOWN, None)
        for name in sorted(asked)
    ]
    return reduce(or_, missing) if missing else None


def count_values(tree: Tree) -> int:
    """With how many values the tree compares; a measure of the size of its query."""
    listed = (leaf.get("value") for leaf in _leaves(tree))
    return sum(len(one) if isinstance(one, list) else 1 for one in listed)


def describe(tree: Tree, subject: str) -> str:
    """The tree in plain words: “Industry is health care and employees at least 200”."""
    if tree == {}:
        return _("Always")
    words = _described(tree, subject, is_nested=False)
    return words[:1].upper() + words[1:]


def _checked_leaves(
    tree: Any, subject: str, *, path: str, depth: int
) -> Iterator[Tree]:
    if not isinstance(tree, Mapping):
        raise ConditionError(path, _("This is no condition."))
    if "field" in tree:
        _check_leaf(tree, subject, path)
        yield tree
        return
    group = _group_of(tree, path)
    if depth > DEEPEST:
        message = _("Groups are nested deeper than {most}.").format(most=DEEPEST)
        raise ConditionError(path, message)
    start = f"{path}.{group}" if path else group
    for index, part in enumerate(tree[group]):
        step = f"{start}[{index}]"
        yield from _checked_leaves(part, subject, path=step, depth=depth + 1)


def _group_of(tree: Tree, path: str) -> str:
    group, *more = tree or [""]
    if more or group not in GROUPS:
        raise ConditionError(path, _("A group is one of “all”, “any” or “none”."))
    if not isinstance(tree[group], list) or not tree[group]:
        raise ConditionError(path, _("A group needs a list of conditions."))
    return group


def _check_leaf(leaf: Tree, subject: str, path: str) -> None:
    def at(name: str) -> str:
        return f"{path}.{name}" if path else name

    unexpected = set(leaf) - {"field", "operator", "value"}
    if unexpected:
        raise ConditionError(at(min(unexpected)), _("This is not expected here."))
    field = _field(leaf["field"], subject, at("field"))
    operator = leaf.get("operator")
    if operator not in field.operators:
        known = ", ".join(field.operators)
        message = _("Unknown operator; expected one of {known}.").format(known=known)
        raise ConditionError(at("operator"), message)
    try:
        field.check(Operator(operator), leaf.get("value"))
    except InvalidValueError as error:
        raise ConditionError(at("value"), str(error)) from error


def _field(name: Any, subject: str, path: str) -> Field:
    known = _fields.get(subject, {})
    if isinstance(name, str):
        if name in known and not name.endswith("."):
            return known[name]
        family, dot, key = name.partition(".")
        found = known.get(family + dot)
        if found and dot and condition_fields.is_key(key):
            return found.with_key(key)
    message = _("Unknown field “{name}”.").format(name=name)
    raise ConditionError(path, message)


def _leaves(tree: Tree) -> Iterator[Tree]:
    if "field" in tree:
        yield tree
    for parts in tree.values():
        if "field" not in tree:
            for part in parts:
                yield from _leaves(part)


def _compiled(tree: Tree, subject: str, prefix: str) -> Q:
    if tree == {}:
        return Q()
    if "field" in tree:
        field = _field(tree["field"], subject, "")
        return field.compare(prefix, Operator(tree["operator"]), tree.get("value"))
    group, parts = next(iter(tree.items()))
    compiled = [_compiled(part, subject, prefix) for part in parts]
    if group == "all":
        return reduce(and_, compiled)
    any_of = reduce(or_, compiled)
    return any_of if group == "any" else ~any_of


_PHRASES: dict[Operator, Promise] = {
    Operator.IS: gettext_lazy("{field} is {value}"),
    Operator.IS_NOT: gettext_lazy("{field} is not {value}"),
    Operator.CONTAINS: gettext_lazy("{field} contains {value}"),
    Operator.STARTS_WITH: gettext_lazy("{field} starts with {value}"),
    Operator.ONE_OF: gettext_lazy("{field} is one of {value}"),
    Operator.AT_LEAST: gettext_lazy("{field} at least {value}"),
    Operator.AT_MOST: gettext_lazy("{field} at most {value}"),
    Operator.IS_KNOWN: gettext_lazy("{field} is known"),
    Operator.IS_UNKNOWN: gettext_lazy("{field} is unknown"),
}


def _described(tree: Tree, subject: str, *, is_nested: bool) -> str:
    if "field" in tree:
        field = _field(tree["field"], subject, "")
        phrase = str(_PHRASES[Operator(tree["operator"])])
        value = field.described(tree.get("value"))
        return phrase.format(field=field.label, value=value)
    group, parts = next(iter(tree.items()))
    words = [_described(part, subject, is_nested=len(parts) > 1) for part in parts]
    if group == "none":
        return _("not ({conditions})").format(conditions=_(" or ").join(words))
    joined = (_(" and ") if group == "all" else _(" or ")).join(words)
    return f"({joined})" if is_nested and len(words) > 1 else joined
