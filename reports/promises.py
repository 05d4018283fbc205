"""Kept and broken promises of sales, by the day they were due."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.choices import Blame, ClockKind, ClockOutcome
from handoff.models import Clock
from reports import splits
from reports.answers import (
    Amount,
    Cell,
    Column,
    Figure,
    Kind,
    NoSuchNumberError,
    Record,
    Records,
    Row,
    Section,
    check_opens,
    total_of,
)
from reports.charts import bars
from reports.estimates import Estimate, wilson
from reports.periods import Period
from reports.splits import Paths
from reports.words import key_label

if TYPE_CHECKING:
    from reports.follow_up import Question

PATHS = Paths(
    origin="handoff__qualification__",
    countries=("handoff__qualification__country",),
    industry="handoff__qualification__industry",
    cycle="handoff__qualification__",
    handoff="handoff__",
    person="handoff__rep__",
    team="handoff__team__",
)
TITLES = {
    ClockKind.DECISION: gettext_lazy("Decision within the time promised"),
    ClockKind.FOLLOW_UP: gettext_lazy("First follow-up within the time promised"),
}
NUMBERS = (
    Column("due", gettext_lazy("Due"), opens=True),
    Column("met", gettext_lazy("Met"), opens=True),
    Column("missed", gettext_lazy("Missed ever"), opens=True),
    Column(
        "attainment", gettext_lazy("Share met"), Kind.SHARE, definition="attainment"
    ),
    Column("overdue", gettext_lazy("Past due now"), opens=True),
    Column("ahead", gettext_lazy("Not due yet"), opens=True),
    Column("cancelled", gettext_lazy("Cancelled"), opens=True),
)
CAUSES = (
    *(Column(each.value, each.label, opens=True) for each in ClockKind),
    Column("all", gettext_lazy("Missed ever"), opens=True),
)


def _which(now: datetime) -> dict[str, Q]:
    """Each number by its name; of a clock that stands still nothing is due."""
    running = Q(outcome=ClockOutcome.RUNNING)
    overdue = running & Q(due_at__lte=now, paused_at=None)
    met = Q(outcome=ClockOutcome.MET)
    missed = Q(outcome=ClockOutcome.MISSED) | overdue
    return {
        "due": met | missed,
        "met": met,
        "missed": missed,
        "overdue": overdue,
        "ahead": running & ~overdue,
        "cancelled": Q(outcome=ClockOutcome.CANCELLED),
    }


def sections(*, question: "Question", now: datetime) -> list[Section]:
    """Both promises by key, and the causes of what was missed: one query."""
    counts = {name: Count("pk", filter=which) for name, which in _which(now).items()}
    grouped = _clocks(question).order_by().values("kind", "key", "label", "cause")
    found = list(grouped.annotate(**counts))
    made = [
        _section(kind, [row for row in found if row["kind"] == kind], question)
        for kind in ClockKind
    ]
    return [*made, _causes(found)]


def kept_by_month(
    *, question: "Question", months: Sequence[Period], now: datetime
) -> dict[tuple[str, str], Estimate]:
    """Month and kind of promise → the met of those that were due: one query."""
    which = _which(now)
    counts = (
        _clocks(question)
        .annotate(month=splits.month_of("due_at", months))
        .order_by()
        .values("month", "kind")
        .annotate(
            **{
                name: Count("pk", filter=which[name])
                for name in ("met", "due", "ahead")
            }
        )
    )
    return {
        (row["month"], row["kind"]): wilson(
            hits=row["met"], n=row["due"], undecided=row["ahead"]
        )
        for row in counts
    }


def _clocks(question: "Question") -> QuerySet[Any]:
    period = question.period
    found = Clock.objects.filter(due_at__gte=period.start_at, due_at__lt=period.end_at)
    if not question.is_of_all:
        counted = question.handoffs().order_by().values("pk")
        found = found.filter(handoff__in=counted)
    key, label = splits.key_and_label(question.by, PATHS)
    return found.annotate(key=key, label=label, cause=_cause())


def _cause() -> Case:
    """Who missed it; the sweep that writes it down may be seconds late."""
    return Case(
        When(~Q(blame=""), then=F("blame")),
        When(handoff__rep=None, then=Value(Blame.UNASSIGNED.value)),
        default=Value(Blame.REP.value),
        output_field=CharField(),
    )


def _section(
    kind: ClockKind, found: Sequence[dict[str, Any]], question: "Question"
) -> Section:
    names = [column.name for column in NUMBERS if column.kind == Kind.COUNT]
    by_key: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in found:
        by_key[each["key"]].update({name: each[name] for name in names})
    labels = {each["key"]: key_label(each["label"]) for each in found}
    keys = sorted(by_key, key=lambda key: (-by_key[key]["due"], key))
    rows = [Row(key, labels[key], _values(by_key[key])) for key in keys]
    sums = {name: total_of(rows, name) for name in names}
    return Section(
        name=kind.value,
        title=TITLES[kind],
        first=question.by.label,
        columns=NUMBERS,
        rows=rows,
        total=Row("", _("Total"), _values(sums)),
        chart=bars(
            title=TITLES[kind],
            rows=[(row.label, row.values["attainment"]) for row in rows],
            kind=Kind.SHARE,
        ),
        note=_(
            "Due are the met and the missed. What is not due yet, or was cancelled, is"
            " counted apart."
        ),
        definition="attainment",
    )


def _values(counts: Mapping[str, int]) -> dict[str, Any]:
    numbers = {column.name: counts.get(column.name) for column in NUMBERS}
    met, due, ahead = (counts[name] for name in ("met", "due", "ahead"))
    return {**numbers, "attainment": wilson(hits=met, n=due, undecided=ahead)}


def _causes(found: Sequence[dict[str, Any]]) -> Section:
    by_cause: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in found:
        by_cause[each["cause"]][each["kind"]] += each["missed"]
    names = [column.name for column in CAUSES]
    rows = []
    for cause in Blame:
        counts = by_cause[cause]
        values: dict[str, Amount] = {kind.value: counts[kind] for kind in ClockKind}
        rows.append(Row(cause.value, cause.label, values | {"all": counts.total()}))
    sums = {name: total_of(rows, name) for name in names}
    return Section(
        name="causes",
        title=_("Why promises were missed"),
        first=_("Cause"),
        columns=CAUSES,
        rows=rows,
        total=Row("", _("Total"), {**sums}),
        chart=bars(
            title=_("Why promises were missed"),
            rows=[(row.label, row.values["all"]) for row in rows],
            kind=Kind.COUNT,
        ),
        definition="missed-and-past-due",
    )


def figures(made: Sequence[Section]) -> list[Figure]:
    """How many promises were kept, and what is past due at this moment."""
    shown = []
    overdue = 0
    for section in made[:-1]:
        values = section.total.values if section.total else {}
        attainment = values["attainment"]
        n = attainment.n if isinstance(attainment, Estimate) else None
        name = f"{section.name}_attainment"
        shown.append(
            Figure(name, section.title, Kind.SHARE, attainment, n, "attainment")
        )
        overdue += int(values["overdue"])  # type: ignore[arg-type]
    label = _("Past due now")
    shown.append(
        Figure("overdue", label, Kind.COUNT, overdue, None, "missed-and-past-due")
    )
    return shown


def sentences(made: Sequence[Section]) -> list[str]:
    values = made[-1].total.values if made[-1].total else {}
    text = _("{count} promises that were due in the period were missed.")
    return [text.format(count=values["all"])]


def is_empty(made: Sequence[Section]) -> bool:
    return not any(section.rows for section in made[:-1])


def records(*, question: "Question", cell: Cell, now: datetime) -> Records:
    """The hand-offs behind one number, the latest due first."""
    if cell.section not in (*ClockKind.values, "causes"):
        raise NoSuchNumberError
    check_opens(cell, CAUSES if cell.section == "causes" else NUMBERS)
    which = _which(now)
    found = _clocks(question)
    if cell.section == "causes":
        found = found.filter(which["missed"])
        if cell.key:
            found = found.filter(cause=cell.key)
        if cell.column != "all":
            found = found.filter(kind=cell.column)
    else:
        found = found.filter(which[cell.column], kind=cell.section)
        if cell.key:
            found = found.filter(key=cell.key)
    rows = [
        Record(lead_id, (str(Blame(cause).label) if missed else "", due_at, stopped_at))
        for lead_id, cause, missed, due_at, stopped_at in found.order_by(
            "-due_at", "-pk"
        ).values_list("handoff__lead_id", "cause", "missed_at", "due_at", "stopped_at")
    ]
    columns = (
        Column("cause", _("Cause"), Kind.TEXT),
        Column("due_at", _("Due"), Kind.INSTANT),
        Column("stopped_at", _("Done"), Kind.INSTANT),
    )
    title = TITLES.get(ClockKind(cell.section)) if cell.section != "causes" else None
    return Records(title or _("Missed promises"), columns, rows)
