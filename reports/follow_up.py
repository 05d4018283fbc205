"""How long leads waited for sales, by the day they were routed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.choices import HandoffStatus
from handoff.models import Handoff
from handoff.sla import stopping
from handoff.sla.meters import Meters
from leads.instants import Seconds, epoch, moment
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
from reports.periods import Period
from reports.scope import Scope
from reports.splits import Split
from reports.waits import Wait, Waits
from reports.words import duration, key_label, shown


@dataclass(frozen=True)
class Question(Scope):
    """Hand-offs routed in `period`; `target_seconds` is what "within" means."""

    period: Period
    by: Split = Split.SOURCE
    target_seconds: int = 8 * 3600


# How long the rep took, the prospect waited, and we needed. None is what does not
# apply: a pool has no rep, a second hand-off of the same cycle starts no new wait, and
# an imported entry has no true time.
Measured = tuple[Wait | None, Wait | None, Wait | None]
# In this order.
MEASURES = ("response", "prospect", "latency")
TITLES = {
    "response": gettext_lazy("Rep response, in working time"),
    "prospect": gettext_lazy("Prospect wait, by the clock"),
    "latency": gettext_lazy("System latency, by the clock"),
}
# What the bars are.
DRAWN = {
    "response": gettext_lazy("Median rep response, in working time"),
    "prospect": gettext_lazy("Median prospect wait, by the clock"),
    "latency": gettext_lazy("Median system latency, by the clock"),
}
DEFINITIONS = {
    "response": "rep-response",
    "prospect": "prospect-wait",
    "latency": "system-latency",
}
COUNTED = (
    Column("n", gettext_lazy("Hand-offs"), opens=True),
    Column("over", gettext_lazy("Contacted"), opens=True),
    Column(
        "open",
        gettext_lazy("Not contacted"),
        opens=True,
        definition="waiting-not-dropped",
    ),
    Column("median", gettext_lazy("Median"), Kind.TIME),
    Column("p75", gettext_lazy("75 % within"), Kind.TIME),
    Column("p90", gettext_lazy("90 % within"), Kind.TIME),
    Column("within", gettext_lazy("Within target"), Kind.SHARE, definition="within"),
)
# This wait ends with a rep, and not with a contact.
_OF_LATENCY = {
    "over": gettext_lazy("Given to a rep"),
    "open": gettext_lazy("Without a rep"),
}
COLUMNS = {
    **dict.fromkeys(MEASURES, COUNTED),
    "latency": tuple(
        replace(each, label=_OF_LATENCY.get(each.name, each.label)) for each in COUNTED
    ),
}


def answer(*, question: Question, now: datetime) -> Answer:
    """The waits and the promises: a fixed number of queries."""
    labels, by_measure = _by_key(_measured(question, now))
    totals = {name: Waits.together(each.values()) for name, each in by_measure.items()}
    sections = [
        _section(name, by_key, totals[name], labels, question)
        for name, by_key in by_measure.items()
    ]
    promised = promises.sections(question=question, now=now)
    return Answer(
        figures=[
            *_figures(sections, totals, question),
            *promises.figures(promised),
        ],
        sections=[*sections, spreads.of_waits(totals), *promised],
        sentences=[_sentence(sections[0]), *promises.sentences(promised)],
        is_empty=not labels and promises.is_empty(promised),
    )


def records(*, question: Question, cell: Cell, now: datetime) -> Records:
    """What one number of the report counts, latest first."""
    if cell.section not in (*MEASURES, spreads.NAME):
        return promises.records(question=question, cell=cell, now=now)
    is_spread = cell.section == spreads.NAME
    check_opens(cell, spreads.WAITED if is_spread else COUNTED)
    name = cell.column if is_spread else cell.section
    place = MEASURES.index(name)
    rows = [
        Record(
            row[LEAD], (row[LABEL], moment(row[ROUTED]), _moment(row[TOUCHED]), seconds)
        )
        for row, waits in _measured(question, now)
        if is_spread or cell.key in ("", row[KEY])
        if (seconds := _counted(waits[place], cell)) is not None
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
    if wait is None:
        return None
    seconds, is_over = wait
    if cell.section == spreads.NAME and cell.key:
        key = spreads.wait_key(seconds, is_over=is_over)
        return seconds if key == cell.key else None
    is_meant = {"over": is_over, "open": not is_over}.get(cell.column, True)
    return seconds if is_meant else None


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else moment(seconds)


def _measured(
    question: Question, now: datetime
) -> Iterator[tuple[tuple[Any, ...], Measured]]:
    """Each row of `_rows`, in no order, with its waits in whole seconds.

    There are very many: plain tuples, and nothing is called that need not be.
    """
    until = epoch(now)
    meter_of = Meters(epoch(question.period.start_at), until)
    for row in _rows(question, now):
        told = row[:KEY]
        _, routed, left, touched, is_later, qualified, team_id, rep_id, assigned = told
        response = prospect = latency = None
        if assigned is not None and rep_id:
            worked = meter_of[team_id, rep_id]
            end = until if left is None else left
            is_over = touched is not None and touched <= end
            spent = worked(touched if is_over else end) - worked(assigned)
            response = spent if spent > 0 else 0, is_over
        if qualified is not None and not is_later and qualified <= routed:
            met = (until if touched is None else touched) - qualified
            prospect = met if met > 0 else 0, touched is not None
            given = (until if assigned is None else assigned) - qualified
            latency = given if given > 0 else 0, assigned is not None
        yield row, (response, prospect, latency)


def _rows(question: Question, now: datetime) -> QuerySet[Any, Any]:
    """What is read of each, instants in seconds since 1970.

    `left` is when it was not this rep's any more, `is_later` that the cycle had a
    hand-off before. The label of a key comes last, where it has one of its own: nothing
    is looked up twice.
    """
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
    is_still_his = Q(status=HandoffStatus.PENDING) | Q(
        status=HandoffStatus.ACCEPTED, decided_by__isnull=False
    )
    rows: QuerySet[Any, Any] = (
        found.order_by()
        .annotate(
            key=key,
            label=label,
            routed=Seconds("routed_at"),
            assigned=Seconds("assigned_at"),
            left=Seconds(Case(When(is_still_his, then=None), default=F("decided_at"))),
            touched=Seconds(Subquery(touched)),
            is_later=Exists(earlier),
        )
        .values_list(*_COLUMNS, *(["label"] if label is not key else []))
    )
    return rows


_COLUMNS = (
    "lead_id",
    "routed",
    "left",
    "touched",
    "is_later",
    "qualification__qualified_seconds",
    "team_id",
    "rep_id",
    "assigned",
    "key",
)
LEAD, ROUTED, TOUCHED, KEY = map(
    _COLUMNS.index, ("lead_id", "routed", "touched", "key")
)
# The key itself where it has no label of its own.
LABEL = -1


def _by_key(
    measured: Iterable[tuple[tuple[Any, ...], Measured]],
) -> tuple[dict[str, str], dict[str, dict[str, Waits]]]:
    """Key → its label, and measure → key → the waits: one pass over very many."""
    labels: dict[str, str] = {}
    waits: list[defaultdict[str, list[Wait]]] = [defaultdict(list) for _ in MEASURES]
    response, prospect, latency = waits
    for row, (answered, met, given) in measured:
        key = row[KEY]
        labels[key] = row[LABEL]
        if answered is not None:
            response[key].append(answered)
        if met is not None:
            prospect[key].append(met)
        if given is not None:
            latency[key].append(given)
    by_measure = {
        name: {key: Waits.of(of_key) for key, of_key in by_key.items()}
        for name, by_key in zip(MEASURES, waits, strict=True)
    }
    return labels, by_measure


def _section(
    name: str,
    by_key: Mapping[str, Waits],
    total: Waits,
    labels: Mapping[str, str],
    question: Question,
) -> Section:
    keys = sorted(by_key, key=lambda key: (-by_key[key].n, key))
    target = question.target_seconds
    rows = [
        Row(key, key_label(labels[key]), by_key[key].values(target)) for key in keys
    ]
    return Section(
        name=name,
        title=TITLES[name],
        first=question.by.label,
        columns=COLUMNS[name],
        rows=rows,
        total=Row("", _("Total"), total.values(target)),
        chart=bars(
            title=DRAWN[name],
            rows=[(row.label, row.values["median"]) for row in rows],
            kind=Kind.TIME,
        ),
        note=_("Times are those within which half, 75 % and 90 % were contacted.")
        if name != "latency"
        else _("From the moment the lead qualified until a rep had it."),
        definition=DEFINITIONS[name],
    )


def _figures(
    sections: Sequence[Section], totals: Mapping[str, Waits], question: Question
) -> list[Figure]:
    figures = []
    for section, waits in zip(sections, totals.values(), strict=True):
        median = section.total.values["median"] if section.total else None
        figures.append(
            Figure(
                name=f"{section.name}_median",
                label=section.title,
                kind=Kind.TIME,
                value=median,
                n=waits.n,
                definition=section.definition,
                note=_("median"),
            )
        )
    within = totals["response"].within(question.target_seconds)
    label = _("Answered within {time}").format(time=duration(question.target_seconds))
    figures.append(Figure("within", label, Kind.SHARE, within, within.n, "within"))
    return figures


def _sentence(section: Section) -> str:
    """What became of them; who was never contacted may have been closed since."""
    values = section.total.values if section.total else {}
    if not values["n"]:
        return _("No hand-off of the period went to a rep.")
    text = _(
        "Of {n} hand-offs to a rep {over} were followed up; {open} were not contacted,"
        " whether they still wait or were closed without it. Half were contacted within"
        " {median} of working time, 90 % within {p90}."
    )
    return text.format(
        n=shown(values["n"], Kind.COUNT),
        over=shown(values["over"], Kind.COUNT),
        open=shown(values["open"], Kind.COUNT),
        median=duration(values["median"]),
        p90=duration(values["p90"]),
    )
