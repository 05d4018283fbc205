"""What a lead, an SQL or a customer of a campaign cost."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.choices import Stage
from leads.models import Campaign
from reports.answers import Amount, Column, Kind, Row, Section
from reports.charts import bars
from reports.money import cents
from reports.periods import Period

PER = (Stage.MQL, Stage.SQL, Stage.ACCEPTED, Stage.CUSTOMER)
COLUMNS = (
    Column("cost", gettext_lazy("Cost"), Kind.MONEY, definition="cost-per-stage"),
    Column("leads", gettext_lazy("Leads"), opens=True),
    Column("per_lead", gettext_lazy("Per lead"), Kind.MONEY),
    *(Column(f"per_{stage.value}", stage.label, Kind.MONEY) for stage in PER),
    Column("currency", gettext_lazy("Currency"), Kind.TEXT),
)


def section(
    *, period: Period, came: Mapping[str, Mapping[str, Amount]]
) -> Section | None:
    """A row a campaign that started in the period and whose cost is known: one query.

    came: the values of campaigns side by side, by name. None without such campaigns.
    """
    started = Campaign.objects.filter(
        starts_on__gte=period.start, starts_on__lt=period.end, cost__isnull=False
    )
    rows = [_row(each, came.get(each.name) or {}) for each in started]
    if not rows:
        return None
    rows.sort(key=lambda row: (-int(row.values["cost"] or 0), row.key))  # type: ignore[arg-type]
    return Section(
        name="costs",
        title=_("Cost per stage, of campaigns that started in the period"),
        first=_("Campaign"),
        columns=COLUMNS,
        rows=rows,
        chart=bars(
            title=_("Cost per SQL"),
            rows=[(row.label, row.values["per_sql"]) for row in rows],
            kind=Kind.MONEY,
        ),
        note=_(
            "Leads are those that came by the campaign in the period. Costs are in the"
            " currency of the campaign."
        ),
        definition="cost-per-stage",
    )


def _row(campaign: Campaign, came: Mapping[str, Any]) -> Row:
    cost = cents(campaign.cost, None)

    def per(name: str) -> int | None:
        count = came.get(name, 0)
        return round(cost / count) if count else None

    values: dict[str, Amount] = {
        "cost": cost,
        "leads": came.get("leads", 0),
        "per_lead": per("leads"),
        **{f"per_{stage.value}": per(stage.value) for stage in PER},
        "currency": campaign.currency,
    }
    return Row(campaign.name, campaign.name, values)
