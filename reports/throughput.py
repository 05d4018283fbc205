"""Two numbers that are no conversion: the ratio of a period, and who stands where."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.choices import PATH, Stage
from leads.instants import epoch, moment
from leads.models import Lead, Standing
from reports import cohorts
from reports.answers import (
    Amount,
    Answer,
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
from reports.cohorts import Sql
from reports.estimates import SMALLEST_N
from reports.periods import Period
from reports.scope import Scope

ENTRIES = (
    Column("entered", gettext_lazy("Entered"), opens=True, definition="entries"),
    Column("before", gettext_lazy("Entered the stage before")),
    # A plain number, no percentage: nobody shall take it for a conversion rate.
    Column("ratio", gettext_lazy("Period ratio"), Kind.NUMBER),
)
NOW = (Column("leads", gettext_lazy("Leads now"), opens=True),)


@dataclass(frozen=True)
class Question(Scope):
    """Every entry into a stage in `period`, whoever of them came from which.

    first_only: of each person the first cycle that entered the stage in the period.
    """

    period: Period
    with_inferred: bool = True
    first_only: bool = False


def answer(*, question: Question, now: datetime) -> Answer:
    """The entries of the period and the stages of now: two queries."""
    ratios, stock = _ratios(question), _stock(question)
    sql = next(row.values for row in ratios.rows if row.key == Stage.SQL)
    here = {row.key: row.values["leads"] for row in stock.rows}
    return Answer(
        figures=[
            Figure(
                "sql_per_mql",
                _("SQLs per MQL, period ratio"),
                Kind.NUMBER,
                sql["ratio"],
                _whole(sql["before"]),
                "period-ratio",
                _("no conversion rate"),
            ),
            *(
                Figure(
                    f"{stage.value}_now",
                    _("{stage} now").format(stage=stage.label),
                    Kind.COUNT,
                    here[stage.value],
                    None,
                    "snapshot",
                )
                for stage in (Stage.MQL, Stage.SQL)
            ),
        ],
        sections=[ratios, stock],
        sentences=[_sentence(sql)],
        is_empty=not total_of(ratios.rows, "entered")
        and not total_of(stock.rows, "leads"),
    )


def records(*, question: Question, cell: Cell, now: datetime) -> Records:
    """The entries into one stage, or the leads that stand in it, latest first."""
    is_stock = cell.section == "stock"
    if not is_stock and cell.section != "ratios":
        raise NoSuchNumberError
    check_opens(cell, NOW if is_stock else ENTRIES)
    if is_stock and not cell.key:
        return _standing_records(question, tuple(Stage))
    if cell.key not in Stage.values:
        raise NoSuchNumberError
    stage = Stage(cell.key)
    if is_stock:
        return _standing_records(question, (stage,))
    return _entry_records(question, stage)


def _standing_records(question: Question, stages: tuple[Stage, ...]) -> Records:
    found = _standing(question).filter(stage__in=stages)
    found = found.order_by("-stage_since", "pk")
    rows = [
        Record(pk, (str(Stage(stage).label), since))
        for pk, stage, since in found.values_list("pk", "stage", "stage_since")
    ]
    columns = (
        Column("stage", _("Stage"), Kind.TEXT),
        Column("since", _("Since"), Kind.INSTANT),
    )
    return Records(_("Where leads stand now"), columns, rows)


def _ratios(question: Question) -> Section:
    counts = _entered(question)
    rows = []
    before: int | None = None
    for stage in PATH:
        entered = counts[stage]
        ratio = entered / before if before and before >= SMALLEST_N else None
        values: dict[str, Amount] = {
            "entered": entered,
            "before": before,
            "ratio": ratio,
        }
        rows.append(Row(stage.value, stage.label, values))
        before = entered
    return Section(
        name="ratios",
        title=_("Entries of the period, and their period ratio"),
        first=_("Stage"),
        columns=ENTRIES,
        rows=rows,
        chart=bars(
            title=_("Entered in the period"),
            rows=[(row.label, row.values["entered"]) for row in rows],
            kind=Kind.COUNT,
        ),
        note=_(
            "Those who entered a stage need not be of those who entered the one before:"
            " the ratio may exceed 1, and it rises when fewer come in. Whether leads"
            " convert is what the funnel tells. Of fewer than 20 no ratio is told."
        ),
        definition="period-ratio",
    )


def _entered(question: Question) -> dict[Stage, int]:
    """How many cycles, or people, first entered each stage in the period.

    The same entries as those of the cohorts: a way back is none.
    """
    among, params = question.sql("k.lead_id")
    distinct = "DISTINCT " if question.first_only else ""
    counts, period = Sql("SELECT "), _bounds(question)
    for place, stage in enumerate(PATH):
        entered = cohorts.entered_in(stage, with_inferred=question.with_inferred)
        counts += Sql(
            f"{', ' if place else ''}COUNT({distinct}CASE WHEN"
            f" {entered} >= %s AND {entered} < %s THEN k.lead_id END)",
            period,
        )
    statement = counts + Sql(f" FROM leads_cycle k WHERE 1 = 1{among}", params)
    return dict(zip(PATH, statement.rows()[0], strict=True))


def _bounds(question: Question) -> tuple[int, int]:
    return epoch(question.period.start_at), epoch(question.period.end_at)


def _entry_records(question: Question, stage: Stage) -> Records:
    among, params = question.sql("k.lead_id")
    entered = cohorts.entered_in(stage, with_inferred=question.with_inferred)
    statement = Sql(
        f"SELECT k.lead_id, k.cycle, {entered} FROM leads_cycle k"  # noqa: S608
        f" WHERE {entered} >= %s AND {entered} < %s{among}"
        f" ORDER BY {entered} DESC, k.lead_id, k.cycle",
        (*_bounds(question), *params),
    )
    found = statement.rows()
    if question.first_only:
        first: dict[int, int] = {}
        for lead_id, cycle, _at in found:
            first[lead_id] = min(cycle, first.get(lead_id, cycle))
        found = [row for row in found if row[1] == first[row[0]]]
    rows = [Record(lead_id, (moment(at),)) for lead_id, _cycle, at in found]
    columns = (Column("entered_at", _("Entered"), Kind.INSTANT),)
    title = _("Entered {stage} in the period").format(stage=stage.label)
    return Records(title, columns, rows)


def _stock(question: Question) -> Section:
    counts = dict(
        _standing(question).order_by().values_list("stage").annotate(count=Count("pk"))
    )
    rows = [
        Row(stage.value, stage.label, {"leads": counts.get(stage.value, 0)})
        for stage in Stage
    ]
    total = Row("", _("Total"), {"leads": total_of(rows, "leads")})
    return Section(
        name="stock",
        title=_("Stage snapshot, as of now"),
        first=_("Stage"),
        columns=NOW,
        rows=rows,
        total=total,
        chart=bars(
            title=_("Leads now"),
            rows=[(row.label, row.values["leads"]) for row in rows],
            kind=Kind.COUNT,
        ),
        note=_("Whatever the period. One stage divided by another is no rate."),
        definition="snapshot",
    )


def _standing(question: Question) -> QuerySet[Standing]:
    """Where everybody stands who was not erased."""
    erased = Lead.objects.filter(erased_at__isnull=False).values("pk")
    return question.narrowed(Standing.objects.exclude(lead__in=erased), "pk")


def _whole(amount: Amount) -> int | None:
    return amount if isinstance(amount, int) else None


def _sentence(sql: dict[str, Any]) -> str:
    text = _(
        "{sqls} entries into SQL came upon {mqls} into MQL in the same time. They are"
        " not the same leads, so this is no conversion rate."
    )
    return text.format(sqls=sql["entered"], mqls=sql["before"])
