"""A report beside that of the period before: what each number differs by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import hypot, sqrt
from typing import Any, TypeGuard

from django.utils.translation import gettext as _

from reports import comparable, words
from reports.answers import (
    NOT_REACHED,
    Amount,
    Answer,
    Column,
    Kind,
    Row,
    Section,
    plain,
)
from reports.estimates import SMALLEST_N, Estimate, Z

_ADDED = (Kind.COUNT, Kind.MONEY)


@dataclass(frozen=True)
class Difference:
    """A number less that of the period before.

    change: in the unit of the kind, a share in parts of one; None where one of both is
    not told. is_sure: the 95 % interval of the difference is without 0, and both
    periods have had the same time. Pages show what is not sure in grey: what may be
    chance, is of fewer than 20, is provisional or still grows, and whatever no interval
    is known of, as times, averages, ratios and money.
    """

    kind: Kind
    was: Amount
    change: int | float | None
    is_sure: bool = False
    # Of what in the period before, where that is not plain: "Aug 2026".
    of: str = ""

    @property
    def text(self) -> str:
        """As it stands beside the number: "+3.2 pp"."""
        if self.change is not None:
            return words.signed(self.change, self.kind)
        return "" if self._is_untold else _("was {value}").format(value=self._was)

    @property
    def before(self) -> str:
        """What it was."""
        if self.of:
            text = _("{value} in {of}, of the period before")
            return text.format(value=self._was, of=self.of)
        return _("{value} in the period before").format(value=self._was)

    @property
    def words(self) -> str:
        """As it is read out."""
        if self.change is None:
            return self.before
        text = _("{difference} against {value} in the period before")
        if not self.is_sure:
            text = _("{difference} against {value} in the period before, unsure")
        return text.format(difference=self.spoken, value=self._was)

    @property
    def spoken(self) -> str:
        """The change alone, as it is read out."""
        return words.spoken(self.change, self.kind) if self.change is not None else ""

    @property
    def sure(self) -> str | None:
        """Whether it is bold on a page, as files say it; None of no change."""
        if self.change is None:
            return None
        return "yes" if self.is_sure else "no"

    @property
    def document(self) -> dict[str, Any]:
        """As the command and the API print it."""
        return {
            "before": plain(self.was),
            "change": self.change,
            "is_sure": self.is_sure,
        }

    @property
    def plain(self) -> dict[str, str | bool]:
        """What a page prints, to be kept as JSON."""
        return {
            "text": self.text,
            "before": self.before,
            "words": self.words,
            "spoken": self.spoken,
            "is_sure": self.is_sure,
        }

    @property
    def _was(self) -> str:
        return words.shown(self.was, self.kind)

    @property
    def _is_untold(self) -> bool:
        is_small = isinstance(self.was, Estimate) and not self.was.is_shown
        return self.was is None or is_small


@dataclass(frozen=True)
class Compared:
    """A table with the rows that only the period before had, as nothing.

    differences: by the key of the row, that of the total is empty, and the column.
    """

    section: Section
    differences: dict[tuple[str, str], Difference] = field(default_factory=dict)

    @property
    def with_columns(self) -> Section:
        """The table for a file: what each number was, its change, and if it is sure."""
        names = {name for _key, name in self.differences}
        columns: list[Column] = []
        for column in self.section.columns:
            columns.append(column)
            if column.name in names:
                columns += _columns_of(column)
        total = self.section.total
        return replace(
            self.section,
            columns=columns,
            rows=[self._widened(row) for row in self.section.rows],
            total=self._widened(total) if total else None,
        )

    def _widened(self, row: Row) -> Row:
        values = dict(row.values)
        for column in self.section.columns:
            found = self.differences.get((row.key, column.name))
            if found is not None:
                values[f"{column.name}_before"] = found.was
                values[f"{column.name}_change"] = found.change
                values[f"{column.name}_sure"] = found.sure
        return replace(row, values=values)

    @property
    def document(self) -> dict[str, Any]:
        """The differences, as the command and the API print them."""
        total = self.section.total
        return {
            "rows": [self._changed(row) for row in self.section.rows],
            "total": self._changed(total) if total else None,
        }

    def _changed(self, row: Row) -> dict[str, Any]:
        found = {
            column.name: self.differences.get((row.key, column.name))
            for column in self.section.columns
        }
        return {"key": row.key, **documents(found)}


def beside(
    sections: Sequence[Section], before: Sequence[Section], *, report: str
) -> dict[str, Compared]:
    """Table → itself compared, of those tables of a report that can be."""
    was = {section.name: section for section in before}
    compared = comparable.COMPARED.get(report, {})
    return {
        section.name: _compared(
            report, section, was[section.name], compared[section.name]
        )
        for section in sections
        if section.name in compared and section.name in was
    }


def widened(
    sections: Sequence[Section], before: Sequence[Section], *, report: str
) -> list[Section]:
    """The tables for files, with columns of their own where they are compared."""
    compared = beside(sections, before, report=report)
    return [
        compared[each.name].with_columns if each.name in compared else each
        for each in sections
    ]


def documents(found: Mapping[str, Difference | None]) -> dict[str, Any]:
    """Number → its difference as the command and the API print it, where it has one."""
    return {name: each.document for name, each in found.items() if each is not None}


def figures(answer: Answer, before: Answer, *, report: str) -> dict[str, Difference]:
    """Figure → what it differs by, where it is of the period and of the same thing."""
    was = {(each.name, str(each.label)): each for each in before.figures}
    found: dict[str, Difference] = {}
    for each in answer.figures:
        then = was.get((each.name, str(each.label)))
        if then is None or each.name in comparable.FIGURES_OF_NOW.get(report, ()):
            continue
        told = _told(each.kind, each.value, then.value)
        if told is not None:
            is_young = comparable.figure_grows(report, each.name)
            told = unsure(told) if is_young else told
            # The last month of a period is another one than that of the period before.
            of = str(then.note) if str(then.note) != str(each.note) else ""
            found[each.name] = replace(told, of=of)
    return found


def counts(now: int, was: int) -> Difference:
    """Of two counts; sure where it is more than what counts vary by chance.

    The 95 % interval of a difference of counts of which each follows Poisson.
    """
    change = now - was
    is_sure = max(now, was) >= SMALLEST_N and abs(change) > Z * sqrt(now + was)
    return Difference(Kind.COUNT, was, change, is_sure)


def shares(now: Estimate, was: Estimate) -> Difference:
    """Of two shares; sure where the 95 % interval of the difference is without 0.

    It must be so whatever becomes of the undecided, and what is provisional is never
    sure.
    """
    if not (now.is_shown and was.is_shown):
        return Difference(Kind.SHARE, was, None)
    change = now.share - was.share
    more, less = (now, was) if change >= 0 else (was, now)
    is_provisional = now.is_provisional or was.is_provisional
    is_sure = not is_provisional and _exceeds(more, less)
    return Difference(Kind.SHARE, was, round(change, 4), is_sure)


def _exceeds(more: Estimate, less: Estimate) -> bool:
    """Whether one share is above the other by more than chance, at least.

    Source: Newcombe 1998, Statistics in Medicine 17, method 10.
    """
    if more.undecided or less.undecided:
        more, less = more.at_least, less.at_most
    spread = hypot(more.share - more.low, less.high - less.share)
    return more.share - less.share > spread


def unsure(difference: Difference) -> Difference:
    """Of what grows with time, of which the younger period has had less."""
    return replace(difference, is_sure=False)


def _compared(
    report: str, section: Section, was: Section, left_out: frozenset[str]
) -> Compared:
    of_now = comparable.ROWS_OF_NOW.get((report, section.name), ())
    rows_before = {row.key: row for row in was.rows}
    keys = {row.key for row in section.rows}
    gone = [_emptied(row, section) for row in was.rows if row.key not in keys]
    found: dict[tuple[str, str], Difference] = {}
    pairs = [(row, rows_before.get(row.key)) for row in [*section.rows, *gone]]
    if section.total is not None:
        pairs.append((section.total, was.total))
    columns = [each for each in section.columns if each.name not in left_out]
    for row, before in pairs:
        if row.key in of_now:
            continue
        for column in columns:
            told = _difference(column, row, before)
            if told is None:
                continue
            both = (row, before)
            is_young = comparable.grows(report, section.name, column.name, both)
            found[row.key, column.name] = unsure(told) if is_young else told
    return Compared(replace(section, rows=[*section.rows, *gone]), found)


def _emptied(row: Row, section: Section) -> Row:
    """A row of the period before of which nothing is left."""
    added = (each.name for each in section.columns if each.kind in _ADDED)
    return replace(row, values=dict.fromkeys(added, 0))


def _difference(column: Column, row: Row, before: Row | None) -> Difference | None:
    now = row.values.get(column.name)
    if before is None:
        # A row that is new had nothing before, but no share or time of it.
        is_counted = column.kind in _ADDED and now is not None
        return _told(column.kind, now, 0) if is_counted else None
    return _told(column.kind, now, before.values.get(column.name))


def _told(kind: Kind, now: Amount, was: Amount) -> Difference | None:
    """None of what is no number, or was not told.

    Of a time, an average, money and a share without its interval nothing says how much
    of the change is chance: it is never sure.
    """
    if kind in (Kind.TEXT, Kind.INSTANT) or not isinstance(was, int | float | Estimate):
        return None
    if isinstance(now, Estimate) and isinstance(was, Estimate):
        return shares(now, was)
    if now == was == NOT_REACHED:
        return None
    if not (_is_number(now) and _is_number(was)):
        return Difference(kind, was, None)
    if kind == Kind.COUNT and isinstance(now, int) and isinstance(was, int):
        return counts(now, was)
    change = now - was
    is_share = kind == Kind.SHARE
    return Difference(kind, was, round(change, 4) if is_share else change)


def _is_number(amount: Amount) -> TypeGuard[int | float]:
    return isinstance(amount, int | float) and amount != NOT_REACHED


def _columns_of(column: Column) -> list[Column]:
    is_share = column.kind == Kind.SHARE
    return [
        replace(column, name=f"{column.name}_before", opens=False),
        Column(
            f"{column.name}_change",
            column.label,
            Kind.POINTS if is_share else column.kind,
        ),
        Column(f"{column.name}_sure", column.label, Kind.TEXT),
    ]
