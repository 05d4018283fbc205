"""How much money deals bring a day."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.models import Deal
from reports.answers import Amount, Column, Kind, Record, Records, Row, Section
from reports.estimates import SMALLEST_N, quantiles, wilson
from reports.money import cents, mean
from reports.speed import Question

# A deal that is younger says nothing of the win rate: losses come early.
MATURE_AFTER = timedelta(days=90)
DEALS = (
    Column("open", gettext_lazy("Open deals"), opens=True),
    Column("decided", gettext_lazy("Decided"), opens=True),
    Column("won", gettext_lazy("Won"), opens=True),
    Column("win_rate", gettext_lazy("Win rate"), Kind.SHARE),
    Column("average", gettext_lazy("Average deal"), Kind.MONEY),
    Column("cycle", gettext_lazy("Median cycle"), Kind.TIME),
    Column("velocity", gettext_lazy("Per day"), Kind.MONEY),
)


def _which_deals(question: Question, now: datetime) -> dict[str, Any]:
    period = question.period
    deals = question.narrowed(Deal.objects.all())
    cohort = deals.filter(
        opened_at__gte=period.start_at,
        opened_at__lt=min(period.end_at, now - MATURE_AFTER),
    )
    return {
        "open": deals.filter(won_at=None, lost_at=None),
        "decided": cohort.exclude(won_at=None, lost_at=None),
        "won": cohort.exclude(won_at=None),
    }


def section(question: Question, now: datetime) -> Section:
    which = _which_deals(question, now)
    open_count = which["open"].count()
    decided = list(
        which["decided"].values_list(
            "won_at", "lost_at", "opened_at", "amount", "close_rate"
        )
    )
    worths = [
        cents(amount, rate)
        for won_at, _lost, _opened, amount, rate in decided
        if won_at is not None and amount is not None
    ]
    won = sum(row[0] is not None for row in decided)
    spans = [((row[0] or row[1]) - row[2]).total_seconds() for row in decided]
    spans = [max(0.0, span) for span in spans]
    cycle = quantiles(counts=Counter(spans), shares=(0.5,))[0]
    win_rate, average = wilson(hits=won, n=len(decided)), mean(worths)
    velocity = None
    if average is not None and cycle and len(decided) >= SMALLEST_N:
        velocity = round(open_count * win_rate.share * average / (cycle / 86_400))
    values: dict[str, Amount] = {
        "open": open_count,
        "decided": len(decided),
        "won": won,
        "win_rate": win_rate,
        "average": average,
        "cycle": cycle,
        "velocity": velocity,
    }
    return Section(
        name="deals",
        title=_("Pipeline velocity"),
        first=_("Deals"),
        columns=DEALS,
        rows=[Row("all", _("All"), values)],
        note=_(
            "Win rate, average and cycle are of deals opened in the period at least 90"
            " days ago: younger ones lose early and win late."
        ),
        definition="pipeline-velocity",
    )


def records(question: Question, column: str, now: datetime) -> Records:
    found = _which_deals(question, now)[column].order_by("-opened_at", "-pk")
    rows = [
        Record(
            deal.lead_id,
            (
                deal.name,
                deal.opened_at,
                deal.closed_at,
                cents(deal.amount, deal.close_rate),
            ),
        )
        for deal in found
    ]
    columns = (
        Column("deal", _("Deal"), Kind.TEXT),
        Column("opened_at", _("Opened"), Kind.INSTANT),
        Column("closed_at", _("Closed"), Kind.INSTANT),
        Column("amount", _("Amount"), Kind.MONEY),
    )
    return Records(_("Deals"), columns, rows)
