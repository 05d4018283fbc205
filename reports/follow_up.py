"""How long leads waited for sales, by the day they were routed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.choices import HandoffStatus
from handoff.models import Handoff
from handoff.sla import calendars, stopping
from handoff.sla.calendars import Calendars
from leads.instants import moment
from leads.models import Cycle
from reports import promises, splits, spreads
from reports.answers import (
    Answer,
    Cell,
    Column,
    Figure,
    Kind,
    Record,
    Records,
    Row,
    Section,
    check_opens,
)
from reports.charts import bars
from reports.estimates import Estimate, waiting_times, wilson
from reports.periods import Period
from reports.scope import Scope
from reports.splits import Split
from reports.words import duration, key_label


@dataclass(frozen=True)
class Question(Scope):
    """Hand-offs routed in `period`; `target_seconds` is what "within" means."""

    period: Period
    by: Split = Split.SOURCE
    target_seconds: int = 8 * 3600


class Wait(NamedTuple):
    """How long something was watched, and whether it ended then."""

    seconds: float
    is_over: bool

    def is_within(self, target_seconds: int) -> bool | None:
        """None while the target is ahead: then nothing can be said."""
        if self.is_over:
            return self.seconds <= target_seconds
        return False if self.seconds > target_seconds else None


class Fact(NamedTuple):
    """One hand-off: how long the rep took, the prospect waited, and we needed.

    None where it does not apply: a pool has no rep, a second hand-off of the same
    cycle starts no new wait, and an imported entry has no true time.
    """

    handoff_id: int
    lead_id: int
    key: str
    label: str
    routed_at: datetime
    touched_at: datetime | None
    response: Wait | None
    prospect: Wait | None
    latency: Wait | None


MEASURES: dict[str, Callable[[Fact], Wait | None]] = {
    "response": lambda fact: fact.response,
    "prospect": lambda fact: fact.prospect,
    "latency": lambda fact: fact.latency,
}
TITLES = {
    "response": gettext_lazy("Rep response, in working time"),
    "prospect": gettext_lazy("Prospect wait, by the clock"),
    "latency": gettext_lazy("System latency, by the clock"),
}
DEFINITIONS = {
    "response": "rep-response",
    "prospect": "prospect-wait",
    "latency": "system-latency",
}
COUNTED = (
    Column("n", gettext_lazy("Hand-offs"), opens=True),
    Column("over", gettext_lazy("Ended"), opens=True),
    Column(
        "open", gettext_lazy("Not yet"), opens=True, definition="waiting-not-dropped"
    ),
    Column("median", gettext_lazy("Median"), Kind.TIME),
    Column("p75", gettext_lazy("75 % within"), Kind.TIME),
    Column("p90", gettext_lazy("90 % within"), Kind.TIME),
    Column("within", gettext_lazy("Within target"), Kind.SHARE, definition="within"),
)


def answer(*, question: Question, now: datetime) -> Answer:
    """The waits and the promises: a fixed number of queries."""
    found = list(facts(question=question, now=now))
    sections = [_section(name, found, question) for name in MEASURES]
    promised = promises.sections(question=question, now=now)
    spread = spreads.of_waits(
        {
            name: [(wait.seconds, wait.is_over) for wait in map(wait_of, found) if wait]
            for name, wait_of in MEASURES.items()
        }
    )
    return Answer(
        figures=[*_figures(sections, question), *promises.figures(promised)],
        sections=[*sections, spread, *promised],
        sentences=[_sentence(sections[0]), *promises.sentences(promised)],
        is_empty=not found and promises.is_empty(promised),
    )


def records(*, question: Question, cell: Cell, now: datetime) -> Records:
    """What one number of the report counts, latest first."""
    if cell.section not in (*MEASURES, spreads.NAME):
        return promises.records(question=question, cell=cell, now=now)
    is_spread = cell.section == spreads.NAME
    check_opens(cell, spreads.WAITED if is_spread else COUNTED)
    name = cell.column if is_spread else cell.section
    wait_of = MEASURES[name]
    rows = [
        Record(fact.lead_id, (fact.label, fact.routed_at, fact.touched_at, seconds))
        for fact in facts(question=question, now=now)
        if is_spread or cell.key in ("", fact.key)
        if (seconds := _counted(wait_of(fact), cell)) is not None
    ]
    rows.sort(key=lambda row: row.cells[1], reverse=True)  # type: ignore[arg-type, return-value]
    columns = (
        Column("key", question.by.label, Kind.TEXT),
        Column("routed_at", _("Routed"), Kind.INSTANT),
        Column("touched_at", _("First contact"), Kind.INSTANT),
        Column("seconds", _("Waited"), Kind.TIME),
    )
    return Records(TITLES[name], columns, rows)


def _counted(wait: Wait | None, cell: Cell) -> float | None:
    """The seconds of a wait that the number counts."""
    if wait is None or (cell.column == "over" and not wait.is_over):
        return None
    if cell.section == spreads.NAME and cell.key:
        key = spreads.wait_key(wait.seconds, is_over=wait.is_over)
        return wait.seconds if key == cell.key else None
    return None if cell.column == "open" and wait.is_over else wait.seconds


def facts(*, question: Question, now: datetime) -> Iterable[Fact]:
    """One a hand-off of the period, read in chunks."""
    known = calendars.load()
    rows = _rows(question, now)
    return (_fact(row, known, now) for row in map(_Row._make, rows))


class _Row(NamedTuple):
    """What is read of one hand-off; `qualified` in seconds since 1970."""

    pk: int
    lead_id: int
    key: str
    label: str
    rep_id: int | None
    team_id: int | None
    status: str
    routed_at: datetime
    assigned_at: datetime | None
    decided_at: datetime | None
    decided_by_id: int | None
    touched_at: datetime | None
    is_later: bool
    qualified: int | None


def _rows(question: Question, now: datetime) -> QuerySet[Any, Any]:
    found = question.handoffs().filter(
        routed_at__gte=question.period.start_at, routed_at__lt=question.period.end_at
    )
    key, label = splits.key_and_label(question.by)
    touched = stopping.first_touches(now=now, of="").values("occurred_at")[:1]
    earlier = Handoff.objects.filter(
        lead=OuterRef("lead"),
        cycle=OuterRef("cycle"),
        routed_at__lt=OuterRef("routed_at"),
    )
    cycles = Cycle.objects.filter(lead=OuterRef("lead"), cycle=OuterRef("cycle"))
    rows: QuerySet[Any, Any] = (
        found.order_by()
        .annotate(
            key=key,
            label=label,
            touched_at=Subquery(touched),
            is_later=Exists(earlier),
            qualified=Subquery(cycles.values("qualified_seconds")),
        )
        .values_list(*_Row._fields)
    )
    return rows


def _fact(row: _Row, known: Calendars, now: datetime) -> Fact:
    response = prospect = latency = None
    if row.assigned_at and row.rep_id:
        hours = known.of(team_id=row.team_id, user_id=row.rep_id)
        end, is_over = _end(row, now)
        response = Wait(hours.elapsed(row.assigned_at, end), is_over)
    if not row.is_later and row.qualified is not None:
        qualified_at = moment(row.qualified)
        if qualified_at <= row.routed_at:
            prospect = _clocked(qualified_at, row.touched_at, now)
            latency = _clocked(qualified_at, row.assigned_at, now)
    return Fact(
        row.pk,
        row.lead_id,
        row.key,
        row.label,
        row.routed_at,
        row.touched_at,
        response,
        prospect,
        latency,
    )


def _end(row: _Row, now: datetime) -> tuple[datetime, bool]:
    """Until when this rep could get in touch, and whether the rep did."""
    is_his = row.status == HandoffStatus.PENDING or (
        row.status == HandoffStatus.ACCEPTED and row.decided_by_id
    )
    last = now if is_his or row.decided_at is None else row.decided_at
    if row.touched_at is not None and row.touched_at <= last:
        return row.touched_at, True
    return last, False


def _clocked(start: datetime, end: datetime | None, now: datetime) -> Wait:
    until = end if end is not None else max(now, start)
    return Wait(max(0.0, (until - start).total_seconds()), end is not None)


def _section(name: str, found: Sequence[Fact], question: Question) -> Section:
    by_key: defaultdict[str, list[Wait]] = defaultdict(list)
    labels: dict[str, str] = {}
    for fact in found:
        wait = MEASURES[name](fact)
        if wait is not None:
            by_key[fact.key].append(wait)
            labels[fact.key] = fact.label
    keys = sorted(by_key, key=lambda key: (-len(by_key[key]), key))
    target = question.target_seconds
    rows = [
        Row(key, key_label(labels[key]), _values(by_key[key], target)) for key in keys
    ]
    everything = [wait for waits in by_key.values() for wait in waits]
    return Section(
        name=name,
        title=TITLES[name],
        first=question.by.label,
        columns=COUNTED,
        rows=rows,
        total=Row("", _("Total"), _values(everything, target)),
        chart=bars(
            title=TITLES[name],
            rows=[(row.label, row.values["median"]) for row in rows],
            kind=Kind.TIME,
        ),
        note=_("Times are those within which half, 75 % and 90 % were contacted.")
        if name != "latency"
        else _("From the moment the lead qualified until a rep had it."),
        definition=DEFINITIONS[name],
    )


def _values(waits: Sequence[Wait], target_seconds: int) -> dict[str, Any]:
    times = waiting_times(waits=((wait.seconds, wait.is_over) for wait in waits))
    over = sum(wait.is_over for wait in waits)
    return {
        "n": len(waits),
        "over": over,
        "open": len(waits) - over,
        "median": times[0],
        "p75": times[1],
        "p90": times[2],
        "within": _within(waits, target_seconds),
    }


def _within(waits: Sequence[Wait], target_seconds: int) -> Estimate:
    told = [wait.is_within(target_seconds) for wait in waits]
    known = [each for each in told if each is not None]
    return wilson(hits=sum(known), n=len(known))


def _figures(sections: Sequence[Section], question: Question) -> list[Figure]:
    figures = []
    for section in sections:
        total = section.total.values if section.total else {}
        figures.append(
            Figure(
                name=f"{section.name}_median",
                label=section.title,
                kind=Kind.TIME,
                value=total["median"],
                n=int(total["n"] or 0),  # type: ignore[arg-type]
                definition=section.definition,
                note=_("median"),
            )
        )
    first = sections[0].total
    within = first.values["within"] if first else None
    label = _("Answered within {time}").format(time=duration(question.target_seconds))
    n = within.n if isinstance(within, Estimate) else None
    figures.append(Figure("within", label, Kind.SHARE, within, n, "within"))
    return figures


def _sentence(section: Section) -> str:
    values = section.total.values if section.total else {}
    text = _(
        "Of {n} hand-offs to a rep {over} were followed up and {open} are not yet;"
        " half were contacted within {median} of working time, 90 % within {p90}."
    )
    return text.format(
        n=values["n"],
        over=values["over"],
        open=values["open"],
        median=duration(values["median"]),
        p90=duration(values["p90"]),
    )
