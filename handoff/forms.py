"""The shape of what people decide; a form cleans, it does not save."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from handoff.choices import HandoffStatus, ReasonEffect
from handoff.models import Handoff, RejectionReason
from leads.models import Rep, Team

LONGEST_NURTURE = timedelta(days=3650)


class RejectForm(forms.Form):
    """Why the lead goes back; one from the pool cannot be misrouted."""

    reason = forms.ModelChoiceField(
        label=_("Reason"),
        queryset=RejectionReason.objects.filter(is_on=True),
        widget=forms.RadioSelect(attrs={"autofocus": True}),
        empty_label=None,
        error_messages={"required": _("Choose why this lead goes back.")},
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Marketing reads it: what would have made this a good lead?"),
    )

    def __init__(self, data: Any = None, *, handoff: Handoff, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if handoff.rep_id is None:
            reasons = RejectionReason.objects.filter(is_on=True)
            self.fields["reason"].queryset = reasons.exclude(  # type: ignore[attr-defined]
                effect=ReasonEffect.REROUTE
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        reason = cleaned.get("reason")
        if reason and reason.needs_note and not cleaned.get("note", "").strip():
            self.add_error("note", _("This reason asks for a note."))
        return cleaned


class WithdrawForm(forms.Form):
    """Why marketing takes the lead back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "The rep reads it. The lead stays in MQL, whatever its score, until "
            "somebody releases it."
        ),
    )


class ReassignForm(forms.Form):
    """Who gets the hand-off instead."""

    rep = forms.ModelChoiceField(
        label=_("Give it to"),
        queryset=Rep.objects.filter(user__is_active=True)
        .select_related("user", "team")
        .annotate(
            waiting=Count(
                "user__handoffs",
                filter=Q(user__handoffs__status=HandoffStatus.PENDING),
            )
        ),
        widget=forms.RadioSelect(attrs={"autofocus": True}),
        empty_label=None,
    )


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


class QueueFilter(forms.Form):
    """A manager's choice of whose hand-offs to see; anything else chooses nothing."""

    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.all(),
        required=False,
        empty_label=_("All teams"),
    )
    owner = forms.ModelChoiceField(
        label=_("Rep"),
        queryset=Rep.objects.select_related("user"),
        required=False,
        empty_label=_("Everybody"),
    )

    @property
    def condition(self) -> Q:
        """What is chosen, as a condition on hand-offs."""
        if not self.is_valid():
            return Q()
        chosen = Q()
        if self.cleaned_data["team"]:
            chosen &= Q(team=self.cleaned_data["team"])
        if self.cleaned_data["owner"]:
            chosen &= Q(rep=self.cleaned_data["owner"].user_id)
        return chosen
