"""Cohorts month by month as a triangle, and how leads flow between stages."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.choices import PATH, Stage
from leads.models import StageChange
from reports import cohorts, entries
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
from reports.charts import heat, sankey
from reports.cohorts import DAY, By, Sql
from reports.estimates import wilson
from reports.periods import Period
from reports.scope import Scope
from reports.words import percent

# Thirty days a column, so that every month is watched alike.
STEP_DAYS, STEPS = 30, 6
FLOWS = (Column("moves", gettext_lazy("Moves"), opens=True, definition="flows"),)
# Keys of flows: from and to.
ARROW = ">"


@dataclass(frozen=True)
class Question(Scope):
    """Who entered `cohort` in `period`, and every move between stages in it."""

    period: Period
    cohort: Stage = Stage.MQL
    # Each person once in the triangle, with the first cycle that entered.
    first_only: bool = False

    @property
    def goal(self) -> Stage:
        """The stage of the path after that of the cohort."""
        return PATH[PATH.index(self.cohort) + 1]

    @property
    def by_month(self) -> cohorts.Question:
        """The cohort as the funnel counts it, without a limit."""
        return cohorts.Question(
            cohort=self.cohort,
            period=self.period,
            window_days=None,
            by=By.MONTH,
            first_only=self.first_only,
            **self.same,
        )


def answer(*, question: Question, now: datetime) -> Answer:
    """The triangle and the flows: two queries."""
    triangle = _triangle(question, now)
    flows = _flows(question)
    out = f"{Stage.RECYCLED.value}{ARROW}"
    back = total_of([row for row in flows.rows if row.key.startswith(out)], "moves")
    moves = total_of(flows.rows, "moves")
    entered = total_of(triangle.rows, "entered")
    label = _("Entered {stage}").format(stage=question.cohort.label)
    return Answer(
        figures=[
            Figure("entered", label, Kind.COUNT, entered, None, "triangle"),
            Figure("moves", _("Moves"), Kind.COUNT, moves, None, "flows"),
            Figure("returned", _("Out of recycling"), Kind.COUNT, back, None, "flows"),
        ],
        sections=[triangle, flows],
        sentences=[_sentence(flows, moves)] if moves else [],
        is_empty=not moves and not entered,
    )


def columns(question: Question) -> tuple[Column, ...]:
    steps = [
        Column(
            f"within_{days}",
            _("{days} days").format(days=days),
            Kind.SHARE,
            definition="triangle" if days == STEP_DAYS else "",
        )
        for days in _days()
    ]
    label = _("Entered {stage}").format(stage=question.cohort.label)
    return (Column("entered", label, opens=True), *steps)


def _days() -> list[int]:
    return [STEP_DAYS * number for number in range(1, STEPS + 1)]


def _triangle(question: Question, now: datetime) -> Section:
    counts = _counts(question)
    rows = []
    for month in question.period.months:
        of_month = counts.get(f"{month.start:%Y-%m}", {})
        entered = sum(of_month.values())
        values: dict[str, Amount] = {"entered": entered}
        last_in = min(month.end_at, question.period.end_at)
        for number, days in enumerate(_days()):
            reached = sum(of_month.get(step, 0) for step in range(number + 1))
            is_over = last_in + timedelta(days=days) <= now
            rate = wilson(hits=reached, n=entered) if is_over and entered else None
            values[f"within_{days}"] = rate
        label = date_format(month.start, "M Y")
        rows.append(Row(f"{month.start:%Y-%m}", label, values))
    told = columns(question)
    title = _("{cohort} → {goal} by month of entry").format(
        cohort=question.cohort.label, goal=question.goal.label
    )
    return Section(
        name="triangle",
        title=title,
        first=_("Entered in"),
        columns=told,
        rows=rows,
        chart=heat(title=title, rows=rows, columns=told[1:]),
        note=_(
            "Of those who entered in the month so many came to the next stage, or"
            " beyond it, within the days. A field is empty until all of the month had"
            " them."
        ),
        definition="triangle",
    )


def _counts(question: Question) -> dict[str, dict[int, int]]:
    """Month → number of the step in which the goal was reached, or -1 → entries."""
    asked = question.by_month
    after = f"r.{question.goal.value}_after"
    # What an import dated before the entry was reached at once.
    step = (
        f"CASE WHEN {after} IS NULL OR {after} > {STEP_DAYS * STEPS * DAY} THEN -1"
        f" WHEN {after} <= 0 THEN 0 ELSE ({after} - 1) / {STEP_DAYS * DAY} END"
    )
    statement = (
        cohorts.chain(asked)
        + Sql(" SELECT ")
        + cohorts.raw_sql(asked)
        + f", {step}, COUNT(*){cohorts.from_reached(asked)} GROUP BY 1, 2"
    )
    found: dict[str, dict[int, int]] = {}
    for month, number, count in statement.rows():
        found.setdefault(month, {})[number] = count
    return found


def _flows(question: Question) -> Section:
    counted = _moves(question).order_by().values("from_stage", "to_stage")
    totals = {
        (row["from_stage"], row["to_stage"]): row["count"]
        for row in counted.annotate(count=Count("pk"))
    }
    order = list(Stage)
    pairs = sorted(
        totals,
        key=lambda pair: (order.index(Stage(pair[0])), order.index(Stage(pair[1]))),
    )
    rows = [
        Row(
            f"{source}{ARROW}{target}",
            f"{Stage(source).label} → {Stage(target).label}",
            {"moves": totals[source, target]},
        )
        for source, target in pairs
    ]
    return Section(
        name="flows",
        title=_("Moves between stages, recycling included"),
        first=_("From and to"),
        columns=FLOWS,
        rows=rows,
        total=Row("", _("Total"), {"moves": total_of(rows, "moves")}),
        chart=sankey(
            title=_("Moves between stages"),
            flows=[(Stage(one), Stage(two), totals[one, two]) for one, two in pairs],
        ),
        note=_("On the left the stage that was left, on the right the one entered."),
        definition="flows",
    )


def _moves(question: Question) -> QuerySet[StageChange]:
    """Changes of the period from one stage to another."""
    period = question.period
    found = StageChange.objects.filter(
        at__gte=period.start_at, at__lt=period.end_at, is_undone=False
    )
    return question.narrowed(
        found.exclude(from_stage="").exclude(to_stage=F("from_stage"))
    )


def _sentence(flows: Section, moves: int) -> str:
    """The most frequent move in words."""
    most = max(flows.rows, key=lambda row: row.values["moves"] or 0)  # type: ignore[arg-type, return-value]
    count = int(most.values["moves"] or 0)  # type: ignore[arg-type]
    text = _("The most frequent move is {move}: {count:,} of {all:,}, {share}.")
    share = percent(count / moves)
    return text.format(move=most.label, count=count, all=moves, share=share)


def records(*, question: Question, cell: Cell, now: datetime) -> Records:
    """The entries of a month, or the moves of one flow."""
    if cell.section == "triangle":
        check_opens(cell, columns(question))
        found = entries.bare(entries.Cell(question.by_month, key=cell.key or None))
        rows = [Record(lead_id, (entered,)) for lead_id, _cycle, entered in found]
        at = (Column("entered_at", _("Entered"), Kind.INSTANT),)
        return Records(_("Who entered"), at, rows)
    if cell.section != "flows":
        raise NoSuchNumberError
    check_opens(cell, FLOWS)
    moves = _moves(question).order_by("-at", "-pk")
    if cell.key:
        source, _arrow, target = cell.key.partition(ARROW)
        moves = moves.filter(from_stage=source, to_stage=target)
    rows = [
        Record(lead_id, (str(Stage(source).label), str(Stage(target).label), at))
        for lead_id, source, target, at in moves.values_list(
            "lead", "from_stage", "to_stage", "at"
        )
    ]
    told = (
        Column("from", _("From"), Kind.TEXT),
        Column("to", _("To"), Kind.TEXT),
        Column("at", _("Moved"), Kind.INSTANT),
    )
    return Records(_("Moves"), told, rows)
