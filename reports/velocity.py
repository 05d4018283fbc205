"""How fast leads go from stage to stage, and deals to their end."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.choices import PATH, Stage
from reports import deal_speed, months, spreads, stays
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
from reports.estimates import SMALLEST_N, quantiles
from reports.speed import Question
from reports.words import duration, grouped

WATCHED = PATH[:-1]
STAYED = (
    Column("left", gettext_lazy("Left the stage"), opens=True),
    Column("median", gettext_lazy("Median stay"), Kind.TIME, definition="stage-time"),
    Column("p90", gettext_lazy("90 % within"), Kind.TIME),
    Column("open", gettext_lazy("There now"), opens=True),
    Column(
        "age", gettext_lazy("Median age of these"), Kind.TIME, definition="open-age"
    ),
)


def answer(*, question: Question, now: datetime) -> Answer:
    """Stays, months and deals: a fixed number of queries."""
    left = stays.ended(period=question.period, scope=question)
    stayed = _stayed(question, left, now)
    monthly = months.section(question, now)
    deals = deal_speed.section(question, now)
    pipeline = deals.rows[0].values
    slowest = _slowest(stayed)
    return Answer(
        figures=[
            Figure(
                "velocity",
                _("Pipeline velocity a day"),
                Kind.MONEY,
                pipeline["velocity"],
                _count(deals.rows[0], "decided"),
                "pipeline-velocity",
            ),
            Figure(
                "lead_velocity",
                _("Lead velocity rate"),
                Kind.SHARE,
                *months.last_full_rate(monthly, question, now),
                "lead-velocity",
                _("last full month"),
            ),
            _longest(slowest),
        ],
        sections=[stayed, spreads.of_stays(left, WATCHED), monthly, deals],
        sentences=_sentences(slowest),
        is_empty=not any(total_of(each.rows, "left") for each in [stayed])
        and not total_of(stayed.rows, "open")
        and not total_of(monthly.rows, "sqls"),
    )


def records(*, question: Question, cell: Cell, now: datetime) -> Records:
    """What one number of the report counts."""
    if cell.section == "stages":
        check_opens(cell, STAYED)
        if cell.key not in Stage.values:
            raise NoSuchNumberError
        stage = Stage(cell.key)
        return (
            _left_records(question, stage)
            if cell.column == "left"
            else _open_records(question, stage)
        )
    if cell.section == "months":
        check_opens(cell, months.MONTHLY)
        return months.records(question, cell.key)
    if cell.section == "deals":
        check_opens(cell, deal_speed.DEALS)
        return deal_speed.records(question, cell.column, now)
    raise NoSuchNumberError


def _stayed(
    question: Question, left: dict[Stage, dict[int, int]], now: datetime
) -> Section:
    ages = stays.ages(scope=question, now=now)
    rows = []
    for stage in WATCHED:
        of_stage = left.get(stage, {})
        median, p90 = quantiles(counts=of_stage, shares=(0.5, 0.9))
        count, age = ages[stage]
        rows.append(
            Row(
                stage.value,
                stage.label,
                {
                    "left": sum(of_stage.values()),
                    "median": median,
                    "p90": p90,
                    "open": count,
                    "age": age,
                },
            )
        )
    return Section(
        name="stages",
        title=_("Time in each stage"),
        first=_("Stage"),
        columns=STAYED,
        rows=rows,
        chart=bars(
            title=_("Median stay"),
            rows=[(row.label, row.values["median"]) for row in rows],
            kind=Kind.TIME,
        ),
        note=_(
            "Stays that ended in the period, and beside them the age of those that"
            " have not. Imported and inferred entries have no true time and are left"
            " out."
        ),
        definition="stage-time",
    )


def _left_records(question: Question, stage: Stage) -> Records:
    rows = [
        Record(lead_id, (left_at, seconds))
        for lead_id, left_at, seconds in stays.listed(
            period=question.period, scope=question, stage=stage
        )
    ]
    columns = (
        Column("left_at", _("Left"), Kind.INSTANT),
        Column("seconds", _("Stayed"), Kind.TIME),
    )
    title = _("Left {stage}").format(stage=stage.label)
    return Records(title, columns, rows)


def _open_records(question: Question, stage: Stage) -> Records:
    found = stays.standing(scope=question).filter(stage=stage)
    rows = [
        Record(lead_id, (since,))
        for lead_id, since in found.order_by("stage_since", "pk").values_list(
            "pk", "stage_since"
        )
    ]
    columns = (Column("since", _("Since"), Kind.INSTANT),)
    return Records(_("In {stage} now").format(stage=stage.label), columns, rows)


def _slowest(stayed: Section) -> Row | None:
    """The stage with the longest median stay; one that few have left only if all are.

    None where nobody left any.
    """
    left = [row for row in stayed.rows if _count(row, "left")]
    many = [row for row in left if _count(row, "left") >= SMALLEST_N]
    return max(
        many or left, key=lambda row: _number(row.values["median"]), default=None
    )


def _longest(slowest: Row | None) -> Figure:
    label = _("Longest stay")
    median: Amount = None
    n = 0
    if slowest is not None:
        label = _("Longest stay: {stage}").format(stage=slowest.label)
        median, n = slowest.values["median"], _count(slowest, "left")
    return Figure("slowest", label, Kind.TIME, median, n, "stage-time", _("median"))


def _sentences(slowest: Row | None) -> list[str]:
    """What stands out; nothing of fewer than 20 leads."""
    if slowest is None or _count(slowest, "left") < SMALLEST_N:
        return []
    text = _(
        "The longest stay is in {stage}: half of the {n} leads that left it had been"
        " there for up to {median}."
    )
    told = text.format(
        stage=slowest.label,
        n=grouped(_count(slowest, "left")),
        median=duration(slowest.values["median"]),
    )
    return [told]


def _count(row: Row, name: str) -> int:
    return int(_number(row.values[name]))


def _number(amount: Amount) -> float:
    return float(amount) if isinstance(amount, int | float) else -1.0
