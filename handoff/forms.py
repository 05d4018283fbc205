"""The shape of what people decide; a form cleans, it does not save."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from config.widgets import LongSelect
from handoff import attempts
from handoff.choices import HandoffStatus, ReasonEffect
from handoff.models import Handoff, RejectionReason
from handoff.routing import absences
from leads.models import Rep, Team


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
        self.attempts = attempts.count(handoff=handoff)
        # Kept in the browser until it is sent, also when the session ends meanwhile.
        self.fields["note"].widget.attrs["data-draft"] = f"rejection-{handoff.pk}"
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
        if reason and (missing := max(0, reason.min_attempts - self.attempts)):
            self.add_error("reason", attempts.words(missing=missing))
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
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Both reps read it with the hand-off."),
    )

    def __init__(self, data: Any = None, *, now: datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        away = Exists(absences.of(now=now).filter(rep=OuterRef("pk")))
        field = self.fields["rep"]
        field.queryset = field.queryset.annotate(is_absent=away)  # type: ignore[attr-defined]


class QueueFilter(forms.Form):
    """A manager's choice of whose hand-offs to see; anything else chooses nothing."""

    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.all(),
        required=False,
        empty_label=_("All teams"),
        widget=LongSelect,
    )
    owner = forms.ModelChoiceField(
        label=_("Rep"),
        queryset=Rep.objects.select_related("user"),
        required=False,
        empty_label=_("Everybody"),
        widget=LongSelect,
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
