"""The shape of what people write into a draft; a form cleans, it does not save."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.choices import Strategy
from handoff.routing.plans import documents, staff, values
from handoff.routing.plans.values import RuleValues, SettingsValues
from leads.models import Rep, Team

GONE = gettext_lazy("This one is gone; choose another.")
OF_TEAMS = [choice for choice in Strategy.choices if choice[0] != Strategy.NAMED]
LONGEST_PERIOD_DAYS, USUAL_PERIOD_DAYS = 366, 30


class RepField(forms.ModelChoiceField):
    """One of the reps who can sign in, told with the team."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Rep.objects.none(),
            error_messages={"invalid_choice": GONE},
            **options,
        )

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}, {obj.team}"


class RuleForm(forms.Form):
    """A rule beside its conditions; `seen` is what the person was shown."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=values.LONGEST_NAME)
    strategy = forms.ChoiceField(
        label=gettext_lazy("Goes"), choices=Strategy.choices, initial=Strategy.TURNS
    )
    team = forms.ModelChoiceField(
        Team.objects.all(),
        label=gettext_lazy("In the team"),
        required=False,
        empty_label=gettext_lazy("Choose a team"),
        error_messages={"invalid_choice": GONE},
    )
    rep = RepField(
        label=gettext_lazy("To the rep"),
        required=False,
        empty_label=gettext_lazy("Choose a rep"),
    )
    has_stand_in = forms.BooleanField(
        label=gettext_lazy("While the rep is away or full: the team, by turns"),
        required=False,
        help_text=gettext_lazy("Otherwise the lead waits in the pool of the team."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reps = Rep.objects.filter(user__is_active=True).select_related("user", "team")
        self.fields["rep"].queryset = reps.order_by("user__name", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("strategy") == Strategy.NAMED:
            cleaned["team"] = None
            if cleaned.get("rep") is None and "rep" not in self.errors:
                self.add_error("rep", _("Choose the rep who gets these leads."))
        elif "strategy" in cleaned:
            cleaned["rep"], cleaned["has_stand_in"] = None, False
            self._check_team(cleaned.get("team"))
        return cleaned

    def _check_team(self, team: Team | None) -> None:
        if team is None and "team" not in self.errors:
            self.add_error("team", _("Choose the team that gets these leads."))
        elif team is not None and team.pk not in staff.load().team_ids:
            self.add_error("team", _("Nobody is in this team."))

    def values(self, tree: Mapping[str, Any], *, is_on: bool) -> RuleValues:
        """The rule as typed, with these conditions; only where the form is valid."""
        typed = self.cleaned_data
        return RuleValues(
            name=typed["name"],
            conditions=tree,
            strategy=Strategy(typed["strategy"]),
            team=typed["team"],
            rep=typed["rep"],
            is_on=is_on,
            has_stand_in=typed["has_stand_in"],
        )


def rule_initial(said: RuleValues) -> dict[str, Any]:
    """What the form shows of a rule."""
    return {**vars(said), "seen": documents.fingerprint(said)}


class SettingsForm(forms.Form):
    """What comes before the rules, and what after."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=values.LONGEST_NAME)
    prefers_owner = forms.BooleanField(
        label=gettext_lazy("First the rep who owns the company"), required=False
    )
    joins_colleague = forms.BooleanField(
        label=gettext_lazy("Then the rep who works with somebody of the company"),
        required=False,
        help_text=gettext_lazy("So that one rep talks with all who buy."),
    )
    cool_off_days = forms.IntegerField(
        label=gettext_lazy("Days for which a lead is not offered to who rejected it"),
        min_value=0,
        max_value=values.LONGEST_COOL_OFF,
        help_text=gettext_lazy("Unless the lead asks for sales itself."),
    )
    default_team = forms.ModelChoiceField(
        Team.objects.all(),
        label=gettext_lazy("What no rule names goes to"),
        required=False,
        empty_label=gettext_lazy("The default team"),
        error_messages={"invalid_choice": GONE},
    )
    default_strategy = forms.ChoiceField(label=gettext_lazy("There"), choices=OF_TEAMS)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)

    def clean_default_team(self) -> Team | None:
        team: Team | None = self.cleaned_data["default_team"]
        if team is not None and team.pk not in staff.load().team_ids:
            raise forms.ValidationError(_("Nobody is in this team."))
        return team

    @property
    def values(self) -> SettingsValues:
        """The settings as typed; only where the form is valid."""
        typed = {name: self.cleaned_data[name] for name in self.fields}
        del typed["seen"]
        typed["default_strategy"] = Strategy(typed["default_strategy"])
        return SettingsValues(**typed)


class ActivateForm(forms.Form):
    """Why a version is to decide from now on."""

    note = forms.CharField(
        label=gettext_lazy("What is different, and why"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PeriodForm(forms.Form):
    """Whole days in the zone of whoever asks, the last one included."""

    since = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("since"), cleaned.get("until")
        if first is None or last is None:
            return cleaned
        if last < first:
            self.add_error("until", _("The last day is before the first."))
        elif last - first > timedelta(days=LONGEST_PERIOD_DAYS):
            self.add_error("until", _("A year at most."))
        elif not 2000 <= first.year <= last.year <= timezone.localdate().year + 1:
            self.add_error("since", _("There were no hand-offs then."))
        return cleaned

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From the midnight before to the midnight after; only where valid."""
        zone = timezone.get_current_timezone()
        after = self.cleaned_data["until"] + timedelta(days=1)
        return (
            datetime.combine(self.cleaned_data["since"], time.min, tzinfo=zone),
            datetime.combine(after, time.min, tzinfo=zone),
        )


def usual_period(today: date) -> dict[str, str]:
    """The last 30 days, as they would be typed."""
    since = today - timedelta(days=USUAL_PERIOD_DAYS)
    return {"since": since.isoformat(), "until": today.isoformat()}
