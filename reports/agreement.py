"""What both sides promised, what they kept, and the leads that each owes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.choices import ClockKind, ClockOutcome, HandoffStatus, ReasonEffect
from handoff.models import Clock
from leads.choices import Stage
from reports import acceptance, acceptance_parts, follow_up, months, promises
from reports.annotations import marks
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
from reports.charts import lines
from reports.estimates import Estimate, wilson
from reports.models import MonthPlan
from reports.months import Qualified
from reports.periods import Period, month_finder
from reports.scope import Scope
from reports.speed import Question as Speed
from reports.splits import Split

COLUMNS = (
    Column("planned", gettext_lazy("SQLs promised"), definition="promised-sqls"),
    Column("delivered", gettext_lazy("SQLs delivered"), opens=True),
    Column("acceptance_plan", gettext_lazy("Acceptance promised"), Kind.SHARE),
    Column("acceptance", gettext_lazy("Acceptance"), Kind.SHARE, opens=True),
    Column("decide_plan", gettext_lazy("Decisions promised"), Kind.SHARE),
    Column("decide", gettext_lazy("Decided in time"), Kind.SHARE, opens=True),
    Column("follow_up_plan", gettext_lazy("Follow-ups promised"), Kind.SHARE),
    Column("follow_up", gettext_lazy("Followed up in time"), Kind.SHARE, opens=True),
)
OWED = (
    Column("side", gettext_lazy("Who owes"), Kind.TEXT),
    Column("count", gettext_lazy("Leads"), opens=True),
)
SALES, MARKETING = gettext_lazy("Sales"), gettext_lazy("Marketing")
DUTIES = {
    ClockKind.DECISION.value: (gettext_lazy("Decisions past due"), SALES),
    ClockKind.FOLLOW_UP.value: (gettext_lazy("First follow-ups past due"), SALES),
    "data": (gettext_lazy("Sent back to put data right"), MARKETING),
}
# More months than these are a table that nobody reads.
MOST_MONTHS = 12
# What sales sent back longer ago is no duty any more.
FORGOTTEN_AFTER = timedelta(days=180)


@dataclass(frozen=True)
class Question(Scope):
    """The months that `period` touches."""

    period: Period

    @property
    def months(self) -> list[Period]:
        return self.period.months


@dataclass(frozen=True)
class _Kept:
    """What came in each month, by its key."""

    delivered: dict[str, list[Qualified]]
    acceptance: dict[str, Estimate]
    promises: dict[tuple[str, str], Estimate]


def answer(*, question: Question, now: datetime) -> Answer:
    """Months, the burn-up of the last one, and what each side owes now.

    A fixed number of queries, however many months there are.
    """
    plans = {plan.month: plan for plan in MonthPlan.objects.all()}
    kept = _kept(question, now)
    rows = [
        _month(month, plans.get(month.start), kept, now)
        for month in _months_of(question)
    ]
    owed = _owed(question, now)
    last = question.months[-1]
    came = kept.delivered.get(key_of(last), [])
    section = Section(
        name="months",
        title=_("Promised and kept, by month"),
        first=_("Month"),
        columns=COLUMNS,
        rows=rows,
        chart=_burn_up(last, plans.get(last.start), came, now),
        note=_(
            "The line is the last month, day by day: SQLs delivered so far beside an"
            " even way to the plan. Once a month is over, what stayed below the promise"
            " is marked; a share of fewer than 20 never is."
        ),
        definition="agreement",
    )
    return Answer(
        figures=_figures(rows[-1], owed),
        sections=[section, owed],
        sentences=[_sentence(rows[-1])],
    )


def _months_of(question: Question) -> list[Period]:
    return question.months[-MOST_MONTHS:]


def _span(question: Question) -> Period:
    """All months that are told, as one period."""
    told = _months_of(question)
    return Period(told[0].start, told[-1].end)


def _kept(question: Question, now: datetime) -> _Kept:
    span, told = _span(question), _months_of(question)
    rates = acceptance.decided_by_month(
        question=acceptance.Question(span, Split.NONE, **question.same), months=told
    )
    asked = follow_up.Question(span, Split.NONE, **question.same)
    return _Kept(
        delivered=_delivered(question),
        acceptance=rates,
        promises=promises.kept_by_month(question=asked, months=told, now=now),
    )


def _delivered(question: Question) -> dict[str, list[Qualified]]:
    """Month → the first entries into SQL; one that an import told of before is none."""
    found: dict[str, list[Qualified]] = {}
    told = _months_of(question)
    starts = {key_of(month): month.start_at for month in told}
    month_of = month_finder(told)
    for each in months.qualified(Speed(_span(question), **question.same)):
        key = month_of(each.at)
        if each.first_at >= starts[key]:
            found.setdefault(key, []).append(each)
    return found


def _month(month: Period, plan: MonthPlan | None, kept: _Kept, now: datetime) -> Row:
    key = key_of(month)
    nothing = wilson(hits=0, n=0)
    values: dict[str, Amount] = {
        "planned": plan.sqls if plan else None,
        "delivered": len(kept.delivered.get(key, [])),
        "acceptance_plan": plan.acceptance_percent / 100 if plan else None,
        "acceptance": kept.acceptance.get(key, nothing),
        "decide_plan": plan.decide_percent / 100 if plan else None,
        "decide": kept.promises.get((key, ClockKind.DECISION), nothing),
        "follow_up_plan": plan.follow_up_percent / 100 if plan else None,
        "follow_up": kept.promises.get((key, ClockKind.FOLLOW_UP), nothing),
    }
    is_over = month.end_at <= now
    missed = _missed(values) if is_over else frozenset[str]()
    return Row(key, date_format(month.start, "M Y"), values, missed)


# What was promised of which column.
PROMISED = {
    "delivered": "planned",
    "acceptance": "acceptance_plan",
    "decide": "decide_plan",
    "follow_up": "follow_up_plan",
}


def _missed(values: Mapping[str, Amount]) -> frozenset[str]:
    """The columns of a month that is over which are below what was promised.

    A share is so only if it stays so whatever becomes of what is undecided; one of
    fewer than 20 is not told, so nothing is said of it.
    """
    return frozenset(
        name for name, plan in PROMISED.items() if _is_below(values[name], values[plan])
    )


def _is_below(came: Amount, promised: Amount) -> bool:
    if not isinstance(promised, int | float):
        return False
    if isinstance(came, Estimate):
        return came.is_shown and came.at_most.share < promised
    return isinstance(came, int) and came < promised


def key_of(month: Period) -> str:
    return f"{month.start:%Y-%m}"


def _owed(question: Question, now: datetime) -> Section:
    """Who owes whom which leads at this moment."""
    rows = [
        Row(key, title, {"side": str(side), "count": len(_listed(key, question, now))})
        for key, (title, side) in DUTIES.items()
    ]
    return Section(
        name="owed",
        title=_("What each side owes now"),
        first=_("Duty"),
        columns=OWED,
        rows=rows,
        note=_("Whatever the period: as of now."),
        definition="owed-leads",
    )


def _listed(key: str, question: Question, now: datetime) -> list[Record]:
    """The leads of one duty, the longest waiting first."""
    rows: QuerySet[Any, Any]
    if key == "data":
        found = question.handoffs().filter(
            status=HandoffStatus.REJECTED,
            reason__effect=ReasonEffect.FIX_DATA,
            lead__standing__stage=Stage.RECYCLED,
            decided_at__gte=now - FORGOTTEN_AFTER,
        )
        rows = found.order_by("decided_at", "pk").values_list("lead", "decided_at")
    else:
        clocks = Clock.objects.filter(
            handoff__in=question.handoffs().order_by().values("pk"),
            kind=key,
            outcome=ClockOutcome.RUNNING,
            paused_at=None,
            due_at__lte=now,
        )
        rows = clocks.order_by("due_at", "pk").values_list("handoff__lead", "due_at")
    return [Record(lead_id, (since,)) for lead_id, since in rows]


def _burn_up(
    month: Period, plan: MonthPlan | None, came: Sequence[Qualified], now: datetime
) -> dict[str, Any]:
    """SQLs so far by day; nothing is drawn of days to come."""
    zone = timezone.get_default_timezone()
    per_day = Counter(each.at.astimezone(zone).date() for each in came)
    today = now.astimezone(zone).date()
    days = [
        month.start + timedelta(days=number)
        for number in range((month.end - month.start).days)
    ]
    delivered: list[Amount] = []
    planned: list[Amount] = []
    sum_so_far = 0
    for number, day in enumerate(days, start=1):
        sum_so_far += per_day[day]
        delivered.append(sum_so_far if day <= today else None)
        if plan is not None:
            planned.append(round(plan.sqls * number / len(days), 1))
    series = {_("Delivered"): delivered}
    if plan is not None:
        series[_("Plan")] = planned
    return lines(
        title=_("SQLs of {month}").format(month=date_format(month.start, "F Y")),
        labels=[str(day.day) for day in days],
        series=series,
        kind=Kind.NUMBER,
        marks=marks([Period(day, day + timedelta(days=1)) for day in days]),
    )


def records(*, question: Question, cell: Cell, now: datetime) -> Records:
    """The leads behind one number."""
    if cell.section == "months" and cell.column == "delivered":
        found = [
            Record(each.lead_id, (each.at,))
            for key, came in _delivered(question).items()
            if cell.key in ("", key)
            for each in came
        ]
        columns = (Column("entered_at", _("Entered SQL"), Kind.INSTANT),)
        return Records(_("SQLs delivered"), columns, found)
    if cell.section == "months":
        return _behind(question, cell, now)
    if cell.section != "owed" or cell.column != "count" or cell.key not in DUTIES:
        raise NoSuchNumberError
    title, _side = DUTIES[cell.key]
    columns = (Column("since", _("Since"), Kind.INSTANT),)
    return Records(title, columns, _listed(cell.key, question, now), _("As of now"))


PROMISES = {"decide": ClockKind.DECISION, "follow_up": ClockKind.FOLLOW_UP}


def _behind(question: Question, cell: Cell, now: datetime) -> Records:
    """What a share of a month is a share of, or of all that are told."""
    check_opens(cell, COLUMNS)
    found = [month for month in _months_of(question) if key_of(month) == cell.key]
    if cell.key and not found:
        raise NoSuchNumberError
    period = found[0] if found else _span(question)
    if cell.column == "acceptance":
        return acceptance_parts.decided(
            acceptance.Question(period, Split.NONE, **question.same)
        )
    return promises.records(
        question=follow_up.Question(period, Split.NONE, **question.same),
        cell=Cell(PROMISES[cell.column], "due"),
        now=now,
    )


def _figures(month: Row, owed: Section) -> list[Figure]:
    values = month.values
    plan, delivered = values["planned"], values["delivered"]
    of_plan = None
    if isinstance(plan, int) and isinstance(delivered, int) and plan:
        of_plan = delivered / plan
    shares = [
        (name, label, values[name])
        for name, label in (
            ("acceptance", _("Acceptance")),
            ("decide", _("Decided in time")),
            ("follow_up", _("Followed up in time")),
        )
    ]
    return [
        Figure(
            "of_plan",
            _("SQLs of the plan"),
            Kind.SHARE,
            of_plan,
            plan if isinstance(plan, int) else None,
            "promised-sqls",
            str(month.label),
        ),
        *(
            Figure(
                name,
                label,
                Kind.SHARE,
                rate,
                rate.n if isinstance(rate, Estimate) else None,
                "agreement",
                str(month.label),
            )
            for name, label, rate in shares
        ),
        Figure(
            "owed",
            _("Leads owed now"),
            Kind.COUNT,
            total_of(owed.rows, "count"),
            None,
            "owed-leads",
        ),
    ]


def _sentence(month: Row) -> str:
    values = month.values
    if values["planned"] is None:
        text = _("{month}: {delivered} SQLs delivered. Nothing is promised for it yet.")
    else:
        text = _("{month}: {delivered} SQLs delivered, {planned} promised.")
    return text.format(
        month=month.label, delivered=values["delivered"], planned=values["planned"]
    )
