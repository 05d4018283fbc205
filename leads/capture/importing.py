"""Taking a file in: chunk by chunk, each whole or not at all."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Protocol, TypeVar

from django.db import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    reset_queries,
    transaction,
)
from django.utils.translation import gettext as _

from leads.capture.choices import What
from leads.capture.mapping import FieldSet, ParsedRow, Plan, Refusal
from leads.capture.rows import FileError, Row, Table
from leads.choices import KeptWhy

CHUNK = 500
# Another import that writes the same rows makes one of the two start its chunk again.
TRIES = 3

Item = TypeVar("Item")


class RowRefusedError(Exception):
    """A row cannot be taken: the field at fault, and why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.field = name
        self.reason = reason


@dataclass
class Outcome:
    """What became of a chunk: created + updated + unchanged + refused = its rows.

    refused: the row, the field at fault, the reason.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[ParsedRow, RowRefusedError]] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    # What was made, by its sort, with a fingerprint of leads; and what known leads
    # are now.
    made: dict[What, dict[int, str]] = field(default_factory=dict)
    changed: dict[int, str] = field(default_factory=dict)

    def count(
        self, touched_rows: Sequence[bool], *, is_new: bool, is_changed: bool
    ) -> None:
        """Count the rows about one record; True in `touched_rows` is one with news."""
        touched = sum(touched_rows) if is_new or is_changed else 0
        self.created += is_new
        self.updated += touched - is_new
        self.unchanged += len(touched_rows) - touched

    def refuse(self, row: ParsedRow, error: RowRefusedError) -> None:
        self.refused.append((row, error))

    def warn(self, row: ParsedRow, text: str) -> None:
        self.warnings.append((row.line, text))


class Take(Protocol):
    """Writes one chunk of rows; again for the same rows changes nothing."""

    def __call__(self, *, rows: Sequence[ParsedRow], now: datetime) -> Outcome: ...


class Remover(Protocol):
    """Takes records out again that an import made; why each other one stays."""

    def __call__(
        self, *, record_ids: Collection[int], file_import_id: int, now: datetime
    ) -> dict[int, KeptWhy]: ...


@dataclass(frozen=True)
class Kind:
    """One kind of record that can be imported."""

    fields: FieldSet
    take: Take
    # Other ways to treat records that are known, by `Known`.
    ways: Mapping[str, Take] = field(default_factory=dict)
    # Two rows with the same values of one of these groups may be about one record.
    identified_by: Sequence[Sequence[str]] = ()
    # How that is undone of which `leads` knows nothing.
    removers: Mapping[What, Remover] = field(default_factory=dict)

    def way(self, known: str) -> Take:
        """How rows are written where known records are treated so."""
        return self.ways.get(known, self.take)


class Listener(Protocol):
    """Is told, after each chunk, what became of it."""

    def refused(self, refusal: Refusal) -> None: ...

    def warned(self, line: int, text: str) -> None: ...

    def done(self, rows: int) -> None: ...


@dataclass
class Summary:
    """What became of a file: created + updated + unchanged + refused = its rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    warnings: int = 0

    def __str__(self) -> str:
        return _(
            "created {0.created}, updated {0.updated}, unchanged {0.unchanged}, "
            "refused {0.refused}"
        ).format(self)


def run(
    *, table: Table, plan: Plan, take: Take, listener: Listener, now: datetime
) -> Summary:
    """Take in every row of the file.

    What was taken stays taken when a later chunk fails; the same file again then does
    the rest.

    Raises:
        FileError: the database cannot take a chunk, or the file has changed meanwhile.
    """
    summary = Summary()
    for chunk in chunks(table.rows(), CHUNK):
        outcome, refusals = take_chunk(chunk=chunk, plan=plan, take=take, now=now)
        _tell(listener, outcome, refusals)
        listener.done(len(chunk))
        reset_queries()  # with DEBUG on, Django keeps every statement
        summary.created += outcome.created
        summary.updated += outcome.updated
        summary.unchanged += outcome.unchanged
        summary.refused += len(refusals)
        summary.warnings += len(outcome.warnings)
    return summary


def take_chunk(
    *, chunk: Sequence[Row], plan: Plan, take: Take, now: datetime
) -> tuple[Outcome, list[Refusal]]:
    """Take in some rows, whole or not at all; what became of them, the refused by line.

    Raises:
        FileError: the database cannot take them.
    """
    rows: list[ParsedRow] = []
    refusals: list[Refusal] = []
    for row in chunk:
        parsed = plan.parsed(row)
        if isinstance(parsed, Refusal):
            refusals.append(parsed)
        else:
            rows.append(parsed)
    outcome = _taken(take, rows, now) if rows else Outcome()
    refusals += [
        Refusal(row.line, plan.column_of(error.field), error.reason, row.cells)
        for row, error in outcome.refused
    ]
    return outcome, sorted(refusals, key=lambda refusal: refusal.line)


def rehearse(action: Callable[[], Item]) -> Item:
    """Do it in one transaction that is taken back, so that nothing is written."""
    with transaction.atomic():
        result = action()
        transaction.set_rollback(True)
    return result


def _taken(take: Take, rows: Sequence[ParsedRow], now: datetime) -> Outcome:
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return take(rows=rows, now=now)
        except (IntegrityError, OperationalError) as error:
            if attempt == TRIES:
                raise _failed(rows, error) from error
        except DatabaseError as error:
            raise _failed(rows, error) from error
    raise AssertionError


def _failed(rows: Sequence[ParsedRow], error: DatabaseError) -> FileError:
    text = _(
        "Lines {first} to {last} were not taken, and none after them: {error}. "
        "The same file again takes what is left."
    )
    reason = next(iter(str(error).splitlines()), "")
    return FileError(
        text.format(first=rows[0].line, last=rows[-1].line, error=reason.rstrip("."))
    )


def _tell(listener: Listener, outcome: Outcome, refusals: list[Refusal]) -> None:
    for refusal in refusals:
        listener.refused(refusal)
    for line, text in sorted(outcome.warnings):
        listener.warned(line, text)


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of that size; the last may be shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
