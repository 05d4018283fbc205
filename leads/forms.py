"""The shape of what people type about a lead; a form cleans, it does not save."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.choices import ActivityKind, MachineReason, Stage
from leads.models import Campaign
from leads.transitions import person_targets

EARLIEST_YEAR = 1970
LOGGED_KINDS = (
    ActivityKind.CALL,
    ActivityKind.MEETING,
    ActivityKind.EMAIL_SENT,
    ActivityKind.NOTE,
)


class LeadForm(forms.Form):
    """The particulars of one lead."""

    first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=50, required=False)
    title = forms.CharField(label=_("Job title"), max_length=200, required=False)
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    company_domain = forms.CharField(
        label=_("Company's web domain"),
        max_length=253,
        required=False,
        help_text=_("Such as acme.com; companies are told apart by it."),
    )
    country = forms.CharField(label=_("Country"), max_length=100, required=False)
    source = forms.CharField(
        label=_("Source"),
        max_length=100,
        required=False,
        help_text=_("Where the lead came from, such as “organic search”."),
    )
    campaign = forms.ModelChoiceField(
        label=_("Campaign"),
        queryset=Campaign.objects.all(),
        required=False,
        empty_label=_("None"),
    )
    # What the fields were when they were shown.
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        names = ("first_name", "last_name", "email")
        if not self.errors and not any(cleaned[name] for name in names):
            raise forms.ValidationError(_("Give a name or an e-mail address."))
        return cleaned


class MoveForm(forms.Form):
    """A person's move of a lead: where to, why, and how long automation stays away."""

    to = forms.ChoiceField(label=_("Move to"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the lead's history for marketing and sales."),
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "In nurture: the score leaves the lead alone until then, or until it is "
            "released. Recycled: the day on which nurture takes it up again."
        ),
    )

    def __init__(
        self, data: Any = None, *, current: Stage, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.now = now
        self.stages = [(stage.value, stage.label) for stage in person_targets(current)]
        self.fields["to"].choices = self.stages  # type: ignore[attr-defined]

    def clean_until(self) -> datetime | None:
        """The start of the chosen day, in the person's zone."""
        is_recycling = self.cleaned_data.get("to") == Stage.RECYCLED
        return until_of(
            self.cleaned_data["until"], is_recycling=is_recycling, now=self.now
        )


def until_of(day: date | None, *, is_recycling: bool, now: datetime) -> datetime | None:
    """The start of a day until which a move holds, in the person's zone.

    Raises:
        forms.ValidationError: it is past or far away, or missing on a recycled lead.
    """
    if day is None:
        if is_recycling:
            raise forms.ValidationError(_("Say when nurture takes it up again."))
        return None
    until = timezone.make_aware(datetime.combine(day, time()))
    if until <= now:
        raise forms.ValidationError(_("Choose a day to come."))
    if until > now + timedelta(days=3650):
        raise forms.ValidationError(_("Choose a day within ten years."))
    return until


class LogForm(forms.Form):
    """What one of us did with a lead just now."""

    kind = forms.ChoiceField(
        label=_("What"), choices=[(kind.value, kind.label) for kind in LOGGED_KINDS]
    )
    subject = forms.CharField(
        label=_("Notes"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    token = forms.UUIDField(widget=forms.HiddenInput)


class ScoreAtForm(forms.Form):
    """An instant of the past, in the person's zone."""

    at = forms.DateTimeField(
        label=_("What was it on…"),
        required=False,
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )

    def __init__(self, data: Any = None, *, now: datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.now = now

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        if at is not None and at > self.now:
            raise forms.ValidationError(_("Choose an instant that has been."))
        if at is not None and at.year < EARLIEST_YEAR:
            raise forms.ValidationError(_("Choose an instant of our time."))
        return at


class JudgementForm(forms.Form):
    """Whether a machine made one activity, or all that are marked for one reason."""

    is_machine = forms.TypedChoiceField(
        choices=[("yes", ""), ("no", "")], coerce=lambda word: word == "yes"
    )
    activity = forms.IntegerField(required=False, min_value=1)
    reason = forms.ChoiceField(required=False, choices=MachineReason)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("activity") and not cleaned.get("reason"):
            raise forms.ValidationError(_("Say which activities."))
        return cleaned


class SavedViewForm(forms.Form):
    """The name of a filter that is kept, and whether others find it."""

    name = forms.CharField(label=_("Name"), max_length=60)
    is_shared = forms.BooleanField(
        label=_("Share it"),
        required=False,
        help_text=_("Everybody finds it in their list; only you can change it."),
    )
