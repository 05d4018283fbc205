"""The shape of what is set about working time; a form cleans, it does not save."""

from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from handoff.choices import OnExpiry, Priority
from handoff.models import ServiceLevel, WorkingCalendar
from handoff.sla import public_holidays, times
from handoff.sla.calendars import WEEKDAYS, Plan, week_of
from handoff.sla.hours import Minutes
from handoff.sla.levels import HOUR, Level
from leads.models import Rep, Team

REGIONS = {
    "Africa",
    "America",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
    "UTC",
}


class HoursField(forms.CharField):
    """The hours of one day; cleaned to minutes from midnight."""

    def clean(self, value: Any) -> tuple[Minutes, ...]:
        text = super().clean(value)
        try:
            return times.read(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class CalendarForm(forms.ModelForm):
    """A calendar with its week, and who works by it."""

    time_zone = forms.ChoiceField(label=_("Time zone"))
    country = forms.ChoiceField(
        label=_("Public holidays of"),
        required=False,
        # Asks the page for the parts of the country.
        widget=forms.Select(
            attrs={"hx-get": "?", "hx-target": "#country-part", "hx-swap": "outerHTML"}
        ),
    )
    subdivision = forms.ChoiceField(
        label=_("Part of the country"),
        required=False,
        help_text=_("Only those with holidays of their own."),
    )
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"),
        queryset=Team.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A team that is chosen here leaves the calendar that it had."),
    )
    reps = forms.ModelMultipleChoiceField(
        label=_("Reps with hours of their own"),
        queryset=Rep.objects.filter(user__is_active=True)
        .select_related("user")
        .order_by("user__name", "pk"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everybody else works by the calendar of the team."),
    )

    class Meta:
        model = WorkingCalendar
        fields = ["name", "time_zone", "country", "subdivision"]
        labels = {"name": _("Name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shifts = week_of(self.instance.shifts.all() if self.instance.pk else [])
        for number in WEEKDAYS:
            self.fields[f"day_{number}"] = HoursField(
                label=times.weekday(number, form="l"),
                required=False,
                max_length=200,
                initial=times.write(shifts[number]),
            )
        self._choose("time_zone", [(zone, zone) for zone in _zones()])
        nowhere = ("", _("Nowhere: no day is a holiday"))
        self._choose("country", [nowhere, *public_holidays.countries().items()])
        country = str(self["country"].value() or "")
        parts = public_holidays.subdivisions(country)
        everywhere = ("", _("The whole country"))
        self._choose("subdivision", [everywhere, *parts.items()])
        if self.instance.pk:
            uses = list(self.instance.uses.all())
            self.initial["teams"] = [use.team_id for use in uses if use.team_id]
            self.initial["reps"] = [use.rep_id for use in uses if use.rep_id]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        days = [cleaned.get(f"day_{number}") for number in WEEKDAYS]
        if not any(days) and all(day is not None for day in days):
            self.add_error(None, _("Open it on one weekday at least."))
        return cleaned

    def week(self) -> list[forms.BoundField]:
        """The fields of Monday to Sunday."""
        return [self[f"day_{number}"] for number in WEEKDAYS]

    def plan(self) -> Plan:
        """What the valid form asks for."""
        cleaned = self.cleaned_data
        return Plan(
            name=cleaned["name"],
            time_zone=cleaned["time_zone"],
            country=cleaned["country"],
            subdivision=cleaned["subdivision"],
            shifts=[cleaned[f"day_{number}"] for number in WEEKDAYS],
            teams=list(cleaned["teams"]),
            reps=list(cleaned["reps"]),
        )

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class DayForm(forms.Form):
    """A date that differs."""

    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    name = forms.CharField(label=_("What is on"), max_length=100)
    hours = HoursField(
        label=_("Hours"),
        required=False,
        max_length=200,
        help_text=_("Such as 09:00–12:00; empty is closed."),
    )

    def __init__(self, data: Any = None) -> None:
        # It stands beside the calendar's form, which has a name too.
        super().__init__(data, auto_id="differing_%s")


class HoursAmountField(forms.DecimalField):
    """A span of working time in hours; cleaned to seconds."""

    def __init__(self, *, least: str, **kwargs: Any) -> None:
        super().__init__(
            min_value=Decimal(least),
            max_value=Decimal(1_000),
            decimal_places=2,
            widget=forms.NumberInput(attrs={"step": "0.25"}),
            **kwargs,
        )

    def clean(self, value: Any) -> int:
        hours = super().clean(value)
        return int(hours * HOUR) // 60 * 60


class WhyForm(forms.Form):
    """Why a promise changes."""

    why = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("Kept in the history beside what has changed."),
    )


class LevelForm(WhyForm):
    """What a team promises; all times are in working hours."""

    decide = HoursAmountField(
        label=_("Decide within"),
        least="0.25",
        help_text=_("Working hours; 0.25 is a quarter of an hour."),
    )
    follow_up = HoursAmountField(
        label=_("First follow-up within"),
        least="0.25",
        help_text=_("Working hours from when the rep got the lead."),
    )
    warn_percent = forms.IntegerField(
        label=_("Warn after"),
        min_value=1,
        max_value=99,
        help_text=_("Percent of the time that was promised."),
    )
    escalate = HoursAmountField(
        label=_("Tell the managers after"),
        least="0",
        help_text=_("Working hours past due; 0 tells them at once."),
    )
    on_expiry = forms.ChoiceField(
        label=_("What nobody decides"), choices=OnExpiry.choices
    )
    expire = HoursAmountField(
        label=_("It is taken away after"),
        least="0",
        help_text=_("Working hours past due, where it does not stay with the rep."),
    )
    max_reassignments = forms.IntegerField(
        label=_("To another rep at most"),
        min_value=0,
        max_value=20,
        help_text=_("Times; then it goes to the pool, and the managers are told."),
    )
    question_pauses = forms.BooleanField(
        label=_("The clock stands still while marketing is asked"), required=False
    )

    field_order = [
        *("team", "priority", "decide", "follow_up", "warn_percent", "escalate"),
        *("on_expiry", "expire", "max_reassignments", "question_pauses", "why"),
    ]

    def __init__(self, data: Any = None, *, level: Level) -> None:
        initial = {
            "decide": _hours(level.decide_seconds),
            "follow_up": _hours(level.follow_up_seconds),
            "warn_percent": level.warn_percent,
            "escalate": _hours(level.escalate_seconds),
            "on_expiry": level.on_expiry,
            "expire": _hours(level.expire_seconds),
            "max_reassignments": level.max_reassignments,
            "question_pauses": level.question_pauses,
        }
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        escalate, expire = cleaned.get("escalate"), cleaned.get("expire")
        if escalate is None or expire is None or escalate <= expire:
            return cleaned
        if cleaned.get("on_expiry") == OnExpiry.KEEP:
            cleaned["expire"] = escalate
        else:
            text = _("Not before the managers are told.")
            self.add_error("expire", text)
        return cleaned

    def level(self) -> Level:
        """What the valid form asks for."""
        cleaned = self.cleaned_data
        return Level(
            decide_seconds=cleaned["decide"],
            follow_up_seconds=cleaned["follow_up"],
            warn_percent=cleaned["warn_percent"],
            escalate_seconds=cleaned["escalate"],
            on_expiry=OnExpiry(cleaned["on_expiry"]),
            expire_seconds=cleaned["expire"],
            max_reassignments=cleaned["max_reassignments"],
            question_pauses=cleaned["question_pauses"],
        )


class NewLevelForm(LevelForm):
    """The same with whose promise it is."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.all())
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        known = ServiceLevel.objects.filter(
            team=cleaned.get("team"), priority=cleaned.get("priority", "")
        )
        if cleaned.get("team") and known.exists():
            text = _("This team has promised that already; change that one.")
            self.add_error("priority", text)
        return cleaned


class PauseForm(forms.Form):
    """Why a promise stands still."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text=_("Kept with the hand-off; whoever reads its times sees it."),
    )


def _hours(seconds: int) -> Decimal:
    return Decimal(seconds) / HOUR


def _zones() -> list[str]:
    """The zones by region and city; what is left out are old names of the same."""
    return sorted(
        zone for zone in available_timezones() if zone.split("/")[0] in REGIONS
    )
