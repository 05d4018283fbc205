"""The shape of what people type about a lead that sales works on."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from handoff.choices import AnswerState, TaskKind
from handoff.forms import QueueFilter
from handoff.selling.contacts import OLDEST
from leads.choices import OUTCOMES_BY_KIND, ActivityKind, Outcome
from leads.models import Lead

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

    def __init__(
        self, data: Any = None, *, lead: Lead, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.now = now
        _keep_draft(self, lead)
        if lead.deals.open().exists():
            self.fields["until"].help_text = _(
                "Nurture takes it up again that day, or sooner at new interest. The "
                "open deal stays open, and goes along to whoever accepts the lead next."
            )

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

    def __init__(self, data: Any = None, *, lead: Lead, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        _keep_draft(self, lead)


def _keep_draft(form: forms.Form, lead: Lead) -> None:
    """Let the browser keep the reason until it is sent, also over a sign-in."""
    draft = f"reason-{lead.pk}-{lead.standing.cycle}"
    form.fields["reason"].widget.attrs["data-draft"] = draft


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

    def __init__(
        self, data: Any = None, *, lead: Lead, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.now = now
        self.fields["note"].widget.attrs["data-draft"] = f"contact-{lead.pk}"

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
    """A manager's choice of whose deals to see."""

    person = "owner"

    @property
    def condition(self) -> Q:
        """What is chosen, as a condition on tasks or deals."""
        if not self.is_valid():
            return Q()
        chosen = Q()
        if self.cleaned_data.get("team"):
            team = self.cleaned_data["team"]
            chosen &= Q((f"{self.person}__rep__team", team))
        if self.cleaned_data.get("owner"):
            chosen &= Q((self.person, self.cleaned_data["owner"].user_id))
        return chosen


class TaskFilter(SalesFilter):
    """A manager's choice of whose tasks to see."""

    person = "rep"


class AnswerForm(forms.Form):
    """What is known of one question; `seen` is the answer that was read before."""

    state = forms.TypedChoiceField(choices=AnswerState.choices, coerce=AnswerState)
    note = forms.CharField(max_length=500, required=False)
    seen = forms.IntegerField(min_value=0)
