"""What is asked of rejections, and what is said to them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handoff.choices import RemarkKind
from handoff.feedback.listing import Wanted
from handoff.models import Handoff
from leads.models import User

DAYS = [
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("A year")),
    ("0", _("All time")),
]
STATES = [("", _("All")), ("open", _("Nothing said")), *RemarkKind.choices]
LARGEST = 2**62


class WantedForm(forms.Form):
    """Which rejections; what is no sensible wish is no wish."""

    days = forms.ChoiceField(label=_("Rejected within"), choices=DAYS, required=False)
    rep = forms.ModelChoiceField(
        label=_("Rejected by"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Anybody"),
    )
    state = forms.ChoiceField(choices=STATES, required=False, widget=forms.HiddenInput)
    reason = forms.IntegerField(
        min_value=1, max_value=LARGEST, required=False, widget=forms.HiddenInput
    )
    source = forms.CharField(
        max_length=100, required=False, widget=forms.HiddenInput, strip=False
    )
    campaign = forms.IntegerField(
        min_value=0, max_value=LARGEST, required=False, widget=forms.HiddenInput
    )
    rule = forms.CharField(
        max_length=100, required=False, widget=forms.HiddenInput, strip=False
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data if data.get("days") else {**data.dict(), "days": "90"})
        deciders = Handoff.objects.visible_to(user).rejected().values("decided_by")
        choose = self.fields["rep"]
        assert isinstance(choose, forms.ModelChoiceField)  # noqa: S101 - for mypy
        choose.queryset = User.objects.filter(pk__in=deciders).order_by("name", "pk")

    def wanted(self) -> Wanted:
        """What is asked, as plain values."""
        self.is_valid()
        said = self.cleaned_data
        return Wanted(
            days=int(said.get("days") or "90"),
            state=said.get("state", ""),
            reason=said.get("reason"),
            source=said.get("source", ""),
            campaign=said.get("campaign"),
            rule=said.get("rule", ""),
            rep=said["rep"].pk if said.get("rep") else None,
        )


class RemarkForm(forms.Form):
    """What somebody says to a rejection."""

    text = forms.CharField(
        label=_("Your words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    kind = forms.ChoiceField(choices=RemarkKind)

    def __init__(self, data: Any = None, *, handoff: Handoff) -> None:
        super().__init__(data)
        self.fields["text"].widget.attrs["data-draft"] = f"feedback-{handoff.pk}"
