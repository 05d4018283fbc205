"""The shape of what people type about a deal, and of their choice of deals."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from handoff.choices import DealEnd, DealStage
from handoff.models import Deal, DealReason
from handoff.selling.forms import LONGEST_AHEAD, SalesFilter
from leads import currencies
from leads.currencies import CODES
from leads.text import fold


class DealForm(forms.Form):
    """A deal as a rep opens it, or changes it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    amount = forms.DecimalField(
        label=_("Amount"),
        min_value=0,
        max_digits=16,
        decimal_places=2,
        required=False,
        help_text=_("Empty until something was offered."),
    )
    currency = forms.CharField(
        label=_("Currency"), initial=currencies.own, min_length=3, max_length=3
    )
    stage = forms.TypedChoiceField(
        label=_("Stage"),
        choices=DealStage.choices,
        coerce=DealStage,
        empty_value=DealStage.DISCOVERY,
        initial=DealStage.DISCOVERY,
        required=False,
    )
    expected_close_on = forms.DateField(
        label=_("Expected close"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any = None, *, now: datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.now = now

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].upper()
        if code not in CODES:
            raise forms.ValidationError(_("No currency; write one such as EUR or USD."))
        return code

    def clean_expected_close_on(self) -> date | None:
        day: date | None = self.cleaned_data["expected_close_on"]
        if day is None or day == self.initial.get("expected_close_on"):
            return day
        today = timezone.localdate(self.now)
        if not today <= day <= today + LONGEST_AHEAD:
            raise forms.ValidationError(_("Choose today or a day within ten years."))
        return day


class DealEditForm(DealForm):
    """A deal as it was at a version, changed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data: Any = None, *, deal: Deal, **kwargs: Any) -> None:
        names = ("name", "amount", "currency", "stage", "expected_close_on", "version")
        super().__init__(
            data, initial={name: getattr(deal, name) for name in names}, **kwargs
        )
        if not deal.is_open:
            # A closed deal keeps its stage; its amount and name can be put right.
            self.fields["stage"].disabled = True


class CloseForm(forms.Form):
    """Why a deal is won or lost; the reasons are rows."""

    reason = forms.ModelChoiceField(
        label=_("Because"),
        queryset=DealReason.objects.none(),
        to_field_name="label",
        empty_label=_("Choose a reason"),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    end = DealEnd.LOST

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        reasons = DealReason.objects.filter(end=self.end, is_on=True)
        self.fields["reason"].queryset = reasons  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        reason = cleaned.get("reason")
        if reason and reason.needs_note and not cleaned.get("note", "").strip():
            self.add_error("note", _("This reason asks for a note."))
        cleaned["reason"] = reason.label if reason else ""
        return cleaned


class WinForm(CloseForm):
    """Why a deal is won; it may be told later."""

    end = DealEnd.WON

    rate = forms.DecimalField(
        label=_("Exchange rate"),
        max_digits=18,
        decimal_places=8,
        min_value=Decimal("0.00000001"),
        required=False,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["reason"].required = False
        told = _(
            "What one unit of the deal's currency is worth in {currency}, in which "
            "reports are kept; empty where they are the same."
        )
        self.fields["rate"].help_text = told.format(currency=currencies.own())


class DealReasonForm(forms.Form):
    """Why a deal ends; its words are unlike any other that are in use."""

    label = forms.CharField(label=_("Reason"), max_length=100)
    needs_note = forms.BooleanField(label=_("Asks for a note"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        end: DealEnd,
        reason: DealReason | None = None,
        **kwargs: Any,
    ) -> None:
        if reason is not None:
            kwargs["initial"] = {
                "label": reason.label,
                "needs_note": reason.needs_note,
            }
        super().__init__(data, **kwargs)
        self.end, self.reason = end, reason

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"].strip()
        others = DealReason.objects.filter(end=self.end)
        if self.reason is None:
            # A retired one of exactly this name is taken into use again.
            others = others.exclude(is_on=False, label=label)
        else:
            others = others.exclude(pk=self.reason.pk)
        known = others.values_list("label", flat=True)
        if label.casefold() in {one.casefold() for one in known}:
            raise forms.ValidationError(_("There is a reason of this name."))
        return label


class DealFilter(SalesFilter):
    """Which deals to list; anything else that is typed chooses nothing."""

    q = forms.CharField(
        label=_("Lead or company"),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Lead or company")}
        ),
    )
    stage = forms.ChoiceField(
        label=_("Stage"),
        choices=[("", _("All stages")), *DealStage.choices],
        required=False,
    )

    field_order = ("q", "stage", "team", "owner")

    @property
    def condition(self) -> Q:
        """What is chosen, as a condition on deals."""
        chosen = super().condition
        if not self.is_valid():
            return chosen
        for word in fold(self.cleaned_data["q"]).split():
            chosen &= Q(lead__search_text__contains=word)
        if self.cleaned_data["stage"]:
            chosen &= Q(stage=self.cleaned_data["stage"])
        return chosen
