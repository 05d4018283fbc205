"""Two versions of the model, line by line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Generic, Protocol, TypeVar

from django.utils.translation import gettext as _

from scoring import values, wording
from scoring.models import ScoringModel
from scoring.values import LineValues, ModelValues
from scoring.wording import Facts


@dataclass(frozen=True)
class Difference:
    """What became of one line: `added`, `removed`, `changed` or `moved`.

    `changes` holds [what, before, after].
    """

    title: str
    state: str
    changes: list[list[str]]


@dataclass(frozen=True)
class Comparison:
    """What the second version says differently from the first, part by part."""

    settings: list[list[str]]
    gates: list[list[str]]
    rules: list[Difference]
    criteria: list[Difference]

    @property
    def is_empty(self) -> bool:
        return not (self.settings or self.gates or self.rules or self.criteria)

    @property
    def count(self) -> int:
        """How many lines differ."""
        return sum(map(len, vars(self).values()))


def compare(*, before: ScoringModel, after: ScoringModel) -> Comparison:
    """Compare two versions as they are now; eight queries."""
    return compared(values.of_model(before), values.of_model(after))


def compared(before: ModelValues, after: ModelValues) -> Comparison:
    """Compare what two versions say. A line is the same one where its name is."""
    return Comparison(
        settings=wording.differences(
            wording.facts_of_settings(before.settings),
            wording.facts_of_settings(after.settings),
        ),
        gates=wording.differences(
            wording.facts_of_gates(before.gates), wording.facts_of_gates(after.gates)
        ),
        rules=_lines(before.rules, after.rules),
        criteria=_lines(before.criteria, after.criteria),
    )


def _lines(
    before: Sequence[LineValues], after: Sequence[LineValues]
) -> list[Difference]:
    def asks(line: LineValues) -> str:
        matter = getattr(line, "kind", None) or getattr(line, "group", "")
        return f"{matter} {wording.tree(line)}"

    def loses(line: LineValues) -> list[list[str]]:
        return [[_("Points"), wording.signed(line.points), ""]]

    return lines(before, after, Telling(wording.facts_of_line, asks, loses))


class Named(Protocol):
    """A line of a version; where two have the same name they are the same line."""

    @property
    def name(self) -> str: ...


Line = TypeVar("Line", bound=Named)


@dataclass(frozen=True)
class Telling(Generic[Line]):
    """How lines of one kind are told.

    `asks` knows a line again that got another name; `loses` is said of one that went.
    """

    facts: Callable[[Line], Facts]
    asks: Callable[[Line], str]
    loses: Callable[[Line], list[list[str]]]


def lines(
    before: Sequence[Line], after: Sequence[Line], told: Telling[Line]
) -> list[Difference]:
    """What became of each line of an ordered list; those that are the same are left."""
    pairs = _pairs(before, after, told)
    moved = _moved(pairs)
    found = []
    for new, line in enumerate(after):
        old = pairs.get(new)
        if old is None:
            changes = wording.differences({}, told.facts(line))
            found.append(Difference(line.name, "added", changes))
            continue
        changes = wording.differences(told.facts(before[old]), told.facts(line))
        place = [[_("Place"), str(old + 1), str(new + 1)]] if new in moved else []
        if changes or place:
            state = "changed" if changes else "moved"
            found.append(Difference(line.name, state, changes + place))
    kept = set(pairs.values())
    gone = [line for old, line in enumerate(before) if old not in kept]
    return found + [Difference(one.name, "removed", told.loses(one)) for one in gone]


def _pairs(
    before: Sequence[Line], after: Sequence[Line], told: Telling[Line]
) -> dict[int, int]:
    """Index of after → index of before: by name, else by what the line asks."""
    pairs: dict[int, int] = {}
    _match(pairs, before, after, lambda line: line.name)
    _match(pairs, before, after, told.asks)
    return pairs


def _match(
    pairs: dict[int, int],
    before: Sequence[Line],
    after: Sequence[Line],
    key: Callable[[Line], str],
) -> None:
    taken = set(pairs.values())
    free: dict[str, list[int]] = {}
    for old, line in enumerate(before):
        if old not in taken:
            free.setdefault(key(line), []).append(old)
    for new, line in enumerate(after):
        if new not in pairs and free.get(key(line)):
            pairs[new] = free[key(line)].pop(0)


def _moved(pairs: dict[int, int]) -> set[int]:
    """The indices of after whose order among the common lines is another."""
    now = [pairs[new] for new in sorted(pairs)]
    matcher = SequenceMatcher(a=sorted(now), b=now, autojunk=False)
    kept = {
        now[block.b + step]
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    }
    return {new for new, old in pairs.items() if old not in kept}
