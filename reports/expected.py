"""What the SQLs that are open now may bring, by how their like ended."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import (
    Avg,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.models import Deal
from leads.choices import Stage
from leads.instants import instant
from leads.models import Lead, StageChange, Standing
from reports.answers import (
    Amount,
    Cell,
    Column,
    Figure,
    Kind,
    Record,
    Records,
    Row,
    Section,
    check_opens,
    total_of,
)
from reports.bands import letter_of
from reports.cohorts import Sql
from reports.estimates import Estimate, wilson
from reports.money import cents
from reports.scope import Scope
from reports.words import key_label

MONEY = DecimalField(max_digits=36, decimal_places=10)
OPEN_STAGES = (Stage.SQL, Stage.ACCEPTED, Stage.OPPORTUNITY)
# Leads that qualified in this time, but long enough ago to have ended.
COHORT_FROM, COHORT_TO = timedelta(days=730), timedelta(days=180)
COLUMNS = (
    Column("open", gettext_lazy("Open SQLs"), opens=True),
    Column("amount", gettext_lazy("Their amount"), Kind.MONEY),
    Column("win_rate", gettext_lazy("Win rate of their like"), Kind.SHARE),
    Column("expected", gettext_lazy("Expected value"), Kind.MONEY),
)


class OpenSqls(NamedTuple):
    """Open SQLs of one band: how many, and what they may be worth in cents."""

    n: int = 0
    cents: int = 0


def section(*, scope: Scope, now: datetime) -> Section:
    """A row a band of fit grades, best first."""
    by_band = open_by_band(scope=scope)
    rates, overall = win_rates(scope=scope, now=now)
    rows = []
    for band, of_band in sorted(by_band.items()):
        rate = rates.get(band, wilson(hits=0, n=0))
        used = rate if rate.is_shown else overall
        worth = round(of_band.cents * used.share) if used.is_shown else None
        values: dict[str, Amount] = {
            "open": of_band.n,
            "amount": of_band.cents,
            "win_rate": used,
            "expected": worth,
        }
        rows.append(Row(band, key_label(band), values))
    return Section(
        name="expected",
        title=_("Expected value of open SQLs"),
        first=_("Grade"),
        columns=COLUMNS,
        rows=rows,
        total=Row(
            "",
            _("Total"),
            {
                "open": total_of(rows, "open"),
                "amount": total_of(rows, "amount"),
                "win_rate": overall,
                "expected": total_of(rows, "expected"),
            },
        ),
        note=_(
            "Win rates are of leads that became SQLs 180 to 730 days ago; a grade with"
            " fewer than 20 of them uses the rate of all. A lead without a deal counts"
            " with the average won amount."
        ),
        definition="expected-value",
    )


def figure(made: Section) -> Figure:
    values = made.total.values if made.total else {}
    return Figure(
        "expected",
        _("Expected from open SQLs"),
        Kind.MONEY,
        values["expected"],
        int(values["open"] or 0),  # type: ignore[arg-type]
        "expected-value",
    )


def records(*, scope: Scope, cell: Cell, now: datetime) -> Records:
    """The open leads of one band."""
    check_opens(cell, COLUMNS)
    found = _open(scope).values_list("pk", "worth", "entered")
    average = _average(scope)
    rows = [
        Record(
            lead_id,
            (key_label(band), average if amount is None else cents(amount, None)),
        )
        for lead_id, amount, grade in found
        if (band := letter_of(grade)) == cell.key or not cell.key
    ]
    columns = (
        Column("band", _("Grade"), Kind.TEXT),
        Column("amount", _("Amount"), Kind.MONEY),
    )
    return Records(_("Open SQLs"), columns, rows)


def open_by_band(*, scope: Scope) -> dict[str, OpenSqls]:
    """Band → leads that sales has now, with the amount of their open deals.

    A lead without a deal, or without an amount, counts with the average won amount.
    """
    average = Value(Decimal(_average(scope)) / 100, output_field=MONEY)
    worth = Coalesce(F("worth"), average, output_field=MONEY)
    found: dict[str, OpenSqls] = {}
    of_grades = _open(scope).values("entered")
    for grade, count, amount in of_grades.annotate(
        count=Count("pk"), amount=Sum(worth)
    ).values_list("entered", "count", "amount"):
        band = letter_of(grade)
        before = found.get(band, OpenSqls())
        found[band] = OpenSqls(before.n + count, before.cents + cents(amount, None))
    return found


def _open(scope: Scope) -> QuerySet[Any, Any]:
    """The leads with the sum of their open deals, and their grade as an SQL."""
    erased = Lead.objects.filter(erased_at__isnull=False).values("pk")
    found = Standing.objects.filter(stage__in=OPEN_STAGES).exclude(lead__in=erased)
    found = scope.narrowed(found, "pk")
    deals = Deal.objects.filter(lead=OuterRef("pk"), won_at=None, lost_at=None)
    worth = deals.order_by().values("lead").annotate(sum=Sum("amount")).values("sum")
    return found.order_by().annotate(worth=Subquery(worth), entered=_grade("pk"))


def _average(scope: Scope) -> int:
    """The mean of what won deals brought, in cents; 0 where none has an amount."""
    won = scope.narrowed(Deal.objects.exclude(won_at=None)).exclude(amount=None)
    worths = F("amount") * Coalesce(F("close_rate"), Value(Decimal(1)))
    return cents(
        won.aggregate(mean=Avg(ExpressionWrapper(worths, MONEY)))["mean"], None
    )


def win_rates(*, scope: Scope, now: datetime) -> tuple[dict[str, Estimate], Estimate]:
    """Band → share of the mature SQLs that won a deal; and that of all of them."""
    among, params = scope.sql("lead_id")
    statement = Sql(
        "SELECT x.grade, x.is_won, COUNT(*) FROM (SELECT e.grade,"  # noqa: S608
        " EXISTS(SELECT 1 FROM handoff_deal d WHERE d.lead_id = e.lead_id"
        " AND d.won_at IS NOT NULL) AS is_won FROM"
        " (SELECT lead_id, MAX(grade) AS grade FROM leads_stagechange"
        " WHERE to_stage = %s AND NOT is_undone AND at >= %s AND at < %s"
        f"{among} GROUP BY lead_id) e) x GROUP BY 1, 2",
        (
            Stage.SQL.value,
            instant(now - COHORT_FROM),
            instant(now - COHORT_TO),
            *params,
        ),
    )
    hits: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for grade, is_won, count in statement.rows():
        band = letter_of(grade)
        sizes[band] = sizes.get(band, 0) + count
        hits[band] = hits.get(band, 0) + count * bool(is_won)
    rates = {band: wilson(hits=hits[band], n=n) for band, n in sizes.items()}
    return rates, wilson(hits=sum(hits.values()), n=sum(sizes.values()))


def _grade(lead: str) -> Subquery:
    """The grade with which the lead last became an SQL."""
    entered = StageChange.objects.filter(
        lead=OuterRef(lead), to_stage=Stage.SQL, is_undone=False
    )
    return Subquery(entered.order_by("-at", "-pk").values("grade")[:1])
