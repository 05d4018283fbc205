"""The shape of a plan; money is typed in whole units, shares in percent."""

from datetime import date
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.models import MonthPlan
from reports.plans import Promise

MOST_MONEY = Decimal(10) ** 12


class PlanForm(forms.Form):
    """What is promised for one month."""

    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )
    revenue_goal = forms.DecimalField(
        label=_("Revenue goal"), min_value=1, max_value=MOST_MONEY, decimal_places=2
    )
    average_deal = forms.DecimalField(
        label=_("Average deal"), min_value=1, max_value=MOST_MONEY, decimal_places=2
    )
    win_percent = forms.IntegerField(
        label=_("Accepted SQLs that are won, %"), min_value=1, max_value=100
    )
    acceptance_percent = forms.IntegerField(
        label=_("Marketing: SQLs that are accepted, %"), min_value=1, max_value=100
    )
    decide_percent = forms.IntegerField(
        label=_("Sales: decided within the time promised, %"),
        min_value=0,
        max_value=100,
    )
    follow_up_percent = forms.IntegerField(
        label=_("Sales: followed up in time, %"), min_value=0, max_value=100
    )

    def clean_month(self) -> date:
        month: date = self.cleaned_data["month"]
        if not 2000 <= month.year <= 2100:
            raise forms.ValidationError(_("Say a year from 2000 to 2100."))
        return month

    def promise(self) -> Promise:
        """The promise of a valid form."""
        said = self.cleaned_data
        return Promise(
            revenue_goal=int(said["revenue_goal"] * 100),
            average_deal=int(said["average_deal"] * 100),
            win_percent=said["win_percent"],
            acceptance_percent=said["acceptance_percent"],
            decide_percent=said["decide_percent"],
            follow_up_percent=said["follow_up_percent"],
        )

    @classmethod
    def initial_of(cls, plan: MonthPlan | None, *, month: str) -> dict[str, object]:
        """A plan as the form shows it, for a month."""
        if plan is None:
            return {"month": month, "decide_percent": 90, "follow_up_percent": 90}
        shares = ("win_percent", "acceptance_percent")
        promised = ("decide_percent", "follow_up_percent")
        return {
            "month": month,
            "revenue_goal": Decimal(plan.revenue_goal) / 100,
            "average_deal": Decimal(plan.average_deal) / 100,
            **{name: getattr(plan, name) for name in (*shares, *promised)},
        }
