"""The shape of what people type about a lead that sales works on."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_NURTURE = timedelta(days=3650)


class GiveBackForm(forms.Form):
    """Why sales gives an accepted lead back, and when nurture takes it up again."""

    until = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(
            attrs={"type": "date", "autofocus": True}, format="%Y-%m-%d"
        ),
        help_text=_("Nurture takes it up again that day, or sooner at new interest."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Marketing reads it: what should happen until then?"),
    )

    def __init__(self, data: Any = None, *, now: datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.now = now

    def clean_until(self) -> datetime:
        """The start of the chosen day, in the person's zone."""
        day = self.cleaned_data["until"]
        until = timezone.make_aware(datetime.combine(day, time()))
        if not self.now < until <= self.now + LONGEST_NURTURE:
            raise forms.ValidationError(_("Choose a day to come, within ten years."))
        return until


class DisqualifyForm(forms.Form):
    """Why sales takes an accepted lead out for good."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text=_("Kept in the lead's history; a person can bring it back to New."),
    )


class DealForm(forms.Form):
    """A deal as a rep opens it."""

    name = forms.CharField(label=_("Name"), max_length=200)
    amount = forms.DecimalField(
        label=_("Amount"),
        min_value=0,
        max_digits=16,
        decimal_places=2,
        required=False,
    )
    currency = forms.RegexField(
        r"^[A-Z]{3}$",
        label=_("Currency"),
        initial="EUR",
        max_length=3,
        error_messages={"invalid": _("Three capital letters, such as EUR.")},
    )


class LoseForm(forms.Form):
    """Why a deal is lost."""

    reason = forms.CharField(
        label=_("Lost because"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
