"""The shape of what people type about campaigns; a form cleans, it does not save."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.campaigns import SETTINGS
from leads.choices import CampaignChannel, MemberStatus
from leads.currencies import CODES
from leads.models import Campaign
from leads.text import name_key


class CampaignForm(forms.ModelForm):
    """What a campaign is, when it runs and what it costs."""

    class Meta:
        model = Campaign
        fields = SETTINGS
        help_texts = {
            "cost": _("All that was spent on it; empty while nobody knows."),
            "currency": _("Such as EUR or USD."),
        }
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("starts_on", "ends_on")
        }

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name_key(name):
            raise forms.ValidationError(_("Use some letters or digits."))
        return name

    def clean_cost(self) -> Decimal | None:
        """Asked here, as the model's own checks are left out with `_post_clean`."""
        cost: Decimal | None = self.cleaned_data["cost"]
        if cost is not None and cost < 0:
            raise forms.ValidationError(_("No campaign costs less than nothing."))
        return cost

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].upper()
        if code not in CODES:
            raise forms.ValidationError(_("No currency; write one such as EUR or USD."))
        return code

    def _post_clean(self) -> None:
        """The campaign is written by `campaigns` alone."""


class CampaignFilter(forms.Form):
    """What the list of campaigns is narrowed by; what nobody knows is left out."""

    q = forms.CharField(
        label=_("Search"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name…")}),
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[("", _("Any channel")), *CampaignChannel.choices],
        required=False,
    )

    def said(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class MembersForm(forms.Form):
    """How far some leads are with a campaign."""

    status = forms.ChoiceField(
        label=_("Status"), choices=MemberStatus.choices, initial=MemberStatus.INVITED
    )

    def clean_status(self) -> MemberStatus:
        return MemberStatus(self.cleaned_data["status"])
