"""Which rows of a file may be about the record of another row."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise

from leads.capture.importing import Kind
from leads.capture.mapping import Plan
from leads.capture.rows import Row, Table
from leads.text import fold


def entangled_lines(*, table: Table, plan: Plan, kind: Kind) -> frozenset[int]:
    """The lines of all rows that share what identifies a record with another row.

    The file is read through; of each row and identifying group two numbers are held.
    """
    groups = [_places(plan, names) for names in kind.identified_by]
    hashes, lines = array("q"), array("q")
    for row in table.rows():
        for key in _keys(row, groups):
            hashes.append(hash(key))
            lines.append(row.line)
    shared = {one for one, other in pairwise(sorted(hashes)) if one == other}
    return frozenset(
        line for line, key in zip(lines, hashes, strict=True) if key in shared
    )


def _places(plan: Plan, names: Sequence[str]) -> list[int | None]:
    """Where the fields' cells are; None for a field that no column fills."""
    by_field = {source.field: source.index for source in plan.sources}
    return [by_field.get(name) for name in names]


def _keys(
    row: Row, groups: Sequence[Sequence[int | None]]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """What identifies the row's record; a group without its last field does not."""
    if row.reason:
        return
    for number, places in enumerate(groups):
        cells = ["" if at is None else fold(row.cells[at]) for at in places]
        if cells[-1]:
            yield number, tuple(cells)
