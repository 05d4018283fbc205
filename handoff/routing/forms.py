"""The shape of what is typed about reps and their absences."""

from datetime import datetime, timedelta, tzinfo
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from handoff.models import Seat, WorkingCalendar
from handoff.routing import days
from handoff.routing.members import Hours, Membership
from leads.models import Rep, Team
from leads.text import fold

MOST_WORDS, WORD_LENGTH = 100, 100
LONGEST_ABSENCE = timedelta(days=366)


class WordsField(forms.CharField):
    """Words with commas between them, as a list."""

    def __init__(self, **options: Any) -> None:
        # A line would show only the first few.
        options["widget"] = forms.Textarea(attrs={"rows": 3})
        super().__init__(required=False, max_length=MOST_WORDS * WORD_LENGTH, **options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        words = [word.strip() for word in super().clean(value).split(",")]
        words = [word for word in words if word]
        if len(words) > MOST_WORDS or any(len(word) > WORD_LENGTH for word in words):
            text = _("At most {count} words of at most {length} letters.")
            raise forms.ValidationError(
                text.format(count=MOST_WORDS, length=WORD_LENGTH)
            )
        return words


class TeamForm(forms.Form):
    """A team's name, and whether it takes what no rule names.

    The team that does is not asked: it stays so until another does.
    """

    name = forms.CharField(label=_("Name"), max_length=100)
    is_default = forms.BooleanField(
        label=_("Takes leads that no routing rule names"),
        required=False,
        help_text=_("Instead of the team that does; a routing plan may name another."),
    )

    def __init__(self, data: Any = None, *, team: Team | None) -> None:
        shown = {"name": team.name, "is_default": team.is_default} if team else {}
        super().__init__(data, initial=shown)
        self.team = team
        if team and team.is_default:
            del self.fields["is_default"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = Team.objects.exclude(pk=self.team.pk) if self.team else Team.objects
        if fold(name) in map(fold, others.values_list("name", flat=True)):
            raise forms.ValidationError(_("There is a team of this name."))
        return name


class MemberForm(forms.Form):
    """How much a rep takes, and from whom."""

    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.all(),
        required=False,
        empty_label=None,
        help_text=_("In another one the rep goes on level with its reps."),
    )
    weight = forms.IntegerField(
        label=_("Weight"),
        min_value=1,
        max_value=100,
        help_text=_("Weight 2 gets twice as many leads as weight 1."),
    )
    capacity = forms.IntegerField(
        label=_("Undecided at once, at most"), min_value=0, max_value=10_000
    )
    capacity_per_day = forms.IntegerField(
        label=_("New a day, at most"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=_("Empty: as many as come."),
    )
    is_available = forms.BooleanField(label=_("Takes new leads"), required=False)
    countries = WordsField(
        label=_("Countries"),
        help_text=_("With commas between them; empty serves every country."),
    )
    languages = WordsField(
        label=_("Languages"),
        help_text=_("As the custom field “language” of leads has them."),
    )
    industries = WordsField(label=_("Industries"))
    calendar = forms.ModelChoiceField(
        label=_("Works by"),
        queryset=WorkingCalendar.objects.all(),
        required=False,
        empty_label=_("The calendar of the team"),
        help_text=_("What is due for the rep follows within seconds."),
    )

    @property
    def membership(self) -> Membership:
        """What was typed; only where the form is valid."""
        return Membership(**self.cleaned_data)


def member_initial(rep: Rep, seat: Seat, hours: Hours) -> dict[str, Any]:
    """What the form shows of a rep."""
    return {
        "team": rep.team_id,
        "calendar": hours.calendar if hours.is_own else None,
        "weight": rep.weight,
        "capacity": rep.capacity,
        "is_available": rep.is_available,
        "capacity_per_day": seat.capacity_per_day,
        "countries": seat.countries,
        "languages": seat.languages,
        "industries": seat.industries,
    }


class AbsenceForm(forms.Form):
    """Whole days of the rep, the last one included; `zone` is where the rep works."""

    first_day = forms.DateField(
        label=_("First day away"), widget=forms.DateInput(attrs={"type": "date"})
    )
    last_day = forms.DateField(
        label=_("Last day away"), widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    catches_up = forms.BooleanField(
        label=_("Catches up afterwards"),
        required=False,
        help_text=_("Gets the missed turns after returning; else goes on level."),
    )

    def __init__(self, data: Any = None, *, zone: tzinfo, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.zone = zone
        text = _("Whole days, the last one included, in {zone}.")
        self.fields["last_day"].help_text = text.format(zone=zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        today = timezone.localdate(timezone=self.zone)
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first is None or last is None:
            return cleaned
        if last < first:
            self.add_error("last_day", _("The last day is before the first."))
        elif last - first > LONGEST_ABSENCE:
            self.add_error("last_day", _("An absence lasts a year at most."))
        elif last < today:
            self.add_error("last_day", _("This absence is over already."))
        elif last.year > today.year + 5:
            self.add_error("last_day", _("This is too far ahead."))
        return cleaned

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From where the first day begins to where the last ends; only where valid."""
        first, last = self.cleaned_data["first_day"], self.cleaned_data["last_day"]
        return days.begins(first, self.zone), days.ends(last, self.zone)
