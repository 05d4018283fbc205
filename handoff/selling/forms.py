"""The shape of what people type about a lead that sales works on."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from handoff.choices import DealEnd, DealStage, TaskKind
from handoff.forms import QueueFilter
from handoff.models import Deal, DealReason
from handoff.selling.contacts import OLDEST
from handoff.selling.currencies import CODES
from leads.choices import OUTCOMES_BY_KIND, ActivityKind, Outcome
from leads.text import fold

LONGEST_NURTURE = timedelta(days=3650)
LONGEST_AHEAD = timedelta(days=3650)
LOCAL_MINUTE = "%Y-%m-%dT%H:%M"


def moment_field(*, label: Any, **options: Any) -> forms.DateTimeField:
    """A day and a time, typed in the person's zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL_MINUTE)
    return forms.DateTimeField(label=label, widget=widget, **options)


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
        label=_("Currency"), initial="EUR", min_length=3, max_length=3
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
        help_text=_(
            "What one unit of the deal's currency is worth in the one you report in; "
            "empty where they are the same."
        ),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["reason"].required = False


class TaskForm(forms.Form):
    """What is to be done, of what kind, and by when."""

    title = forms.CharField(
        label=_("What"),
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=TaskKind.choices)
    due_at = moment_field(label=_("Due"))

    def __init__(self, data: Any = None, *, now: datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.now = now

    def clean_due_at(self) -> datetime:
        due_at: datetime = self.cleaned_data["due_at"]
        if due_at != self.initial.get("due_at"):
            check_is_to_come(due_at, now=self.now)
        return due_at


def check_is_to_come(at: datetime, *, now: datetime) -> None:
    """Refuse what is over, and what nobody plans for."""
    if not now < at <= now + LONGEST_AHEAD:
        raise forms.ValidationError(_("Choose a time to come, within ten years."))


class PostponeForm(forms.Form):
    """How many days later a task is due; the choices stand on its menu."""

    DAYS = ((1, _("Tomorrow")), (3, _("In three days")), (7, _("In a week")))

    days = forms.TypedChoiceField(choices=DAYS, coerce=int)


class ContactForm(forms.Form):
    """A contact with a lead: what was done, with which outcome, and what comes next."""

    CHOICES = tuple(
        (f"{kind.value}:{outcome.value}", outcome.label)
        for kind, outcomes in OUTCOMES_BY_KIND.items()
        for outcome in outcomes
    )

    choice = forms.ChoiceField(
        choices=CHOICES, error_messages={"required": _("Choose what came of it.")}
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the next one who opens this lead should know."),
    )
    happened_at = moment_field(
        label=_("When"), required=False, help_text=_("Empty is now.")
    )
    settles = forms.BooleanField(label=_("Mark the open task done"), required=False)
    then = forms.TypedChoiceField(
        label=_("And then"),
        choices=(("", _("Nothing planned")), *PostponeForm.DAYS),
        coerce=int,
        empty_value=None,
        required=False,
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, now: datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.now = now

    def clean_happened_at(self) -> datetime:
        at: datetime = self.cleaned_data["happened_at"] or self.now
        if not self.now - OLDEST <= at <= self.now:
            raise forms.ValidationError(_("Choose a time in the last 60 days."))
        return at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, _colon, outcome = cleaned.get("choice", "").partition(":")
        if kind:
            cleaned["kind"], cleaned["outcome"] = ActivityKind(kind), Outcome(outcome)
        if kind == ActivityKind.NOTE and not cleaned.get("note", "").strip():
            self.add_error("note", _("Write the note."))
        return cleaned


class SalesFilter(QueueFilter):
    """A manager's choice of whose tasks or deals to see."""

    @property
    def condition(self) -> Q:
        """What is chosen, as a condition on tasks or deals."""
        if not self.is_valid():
            return Q()
        chosen = Q()
        if self.cleaned_data.get("team"):
            chosen &= Q(owner__rep__team=self.cleaned_data["team"])
        if self.cleaned_data.get("owner"):
            chosen &= Q(owner=self.cleaned_data["owner"].user_id)
        return chosen


class DealFilter(SalesFilter):
    """Which deals to list; anything else that is typed chooses nothing."""

    q = forms.CharField(
        label=_("Lead or company"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
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
