"""The shape of what people write into a draft; a form cleans, it does not save."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.choices import GRADES, ActivityKind, Stage
from scoring import values
from scoring.choices import CapPeriod, CapScope, CriterionGroup, Effect, Speed
from scoring.models import SHORTEST_HALF_LIFE
from scoring.values import (
    CriterionValues,
    GateValues,
    RuleValues,
    SettingsValues,
)


def number_field(label: Any, low: float, high: float, **options: Any) -> forms.Field:
    """A number between two limits; infinite ones and NaN are refused."""
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    return forms.FloatField(
        label=label, min_value=low, max_value=high, widget=widget, **options
    )


def shortest(number: float) -> float | int:
    """8 for 8.0, so that a field does not show what nobody typed."""
    return int(number) if float(number).is_integer() else number


class LineForm(forms.Form):
    """What rules and criteria have in common; `seen` is what the person was shown."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=values.LONGEST_NAME)
    points = number_field(
        gettext_lazy("Points"), -values.MOST_POINTS, values.MOST_POINTS
    )
    effect = forms.ChoiceField(label=gettext_lazy("Effect"), choices=Effect.choices)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)


class RuleForm(LineForm):
    """A behaviour rule."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Activity"), choices=ActivityKind.choices
    )
    speed = forms.ChoiceField(label=gettext_lazy("Points fade"), choices=Speed.choices)
    cap_count = forms.IntegerField(
        label=gettext_lazy("Counts at most"),
        min_value=1,
        max_value=values.MOST_CAP,
        required=False,
        help_text=gettext_lazy("Times; empty is always."),
    )
    cap_period = forms.ChoiceField(
        label=gettext_lazy("in a"), choices=CapPeriod.choices, initial=CapPeriod.DAY
    )
    cap_scope = forms.ChoiceField(
        label=gettext_lazy("counted"), choices=CapScope.choices
    )
    field_order = ["name", "kind", "points", "speed", "cap_count"]

    def values(self, tree: Mapping[str, Any], *, is_on: bool) -> RuleValues:
        typed = {name: self.cleaned_data[name] for name in self.fields}
        del typed["seen"]
        return RuleValues(conditions=tree, is_on=is_on, **typed)


class CriterionForm(LineForm):
    """A fit criterion."""

    group = forms.ChoiceField(
        label=gettext_lazy("Looks at"), choices=CriterionGroup.choices
    )
    field_order = ["name", "group", "points"]

    def values(self, tree: Mapping[str, Any], *, is_on: bool) -> CriterionValues:
        typed = {name: self.cleaned_data[name] for name in self.fields}
        del typed["seen"]
        return CriterionValues(conditions=tree, is_on=is_on, **typed)


class GatesForm(forms.Form):
    """The gates of the three stages that a score reaches."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)

    def __init__(self, data: Any = None, *, gates: list[GateValues]) -> None:
        super().__init__(data)
        by_stage = {gate.stage: gate for gate in gates}
        grades = [(index, letter) for index, letter in enumerate(GRADES)]
        for stage in values.GATED:
            gate = by_stage.get(stage)
            for name, label in (
                ("engagement", _("Engagement")),
                ("leave_engagement", _("Left under")),
            ):
                self.fields[f"{stage}_{name}"] = number_field(
                    label,
                    0,
                    values.MOST_ENGAGEMENT,
                    initial=shortest(getattr(gate, name)) if gate else None,
                )
            self.fields[f"{stage}_grade"] = forms.TypedChoiceField(
                label=_("Grade"),
                choices=grades,
                coerce=int,
                initial=gate.grade if gate else 0,
            )
        self.fields["seen"].initial = values.fingerprint(gates)

    @property
    def rows(self) -> list[tuple[Stage, list[BoundField]]]:
        """Each stage with its engagement, grade and leave limit."""
        names = ("engagement", "grade", "leave_engagement")
        return [
            (stage, [self[f"{stage}_{name}"] for name in names])
            for stage in values.GATED
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            for problem in values.gate_problems(self.values):
                self.add_error(f"{problem.stage}_{problem.field}", problem.message)
        return cleaned

    @property
    def values(self) -> list[GateValues]:
        """The gates as typed."""
        return [
            GateValues(
                stage=stage,
                engagement=self.cleaned_data[f"{stage}_engagement"],
                grade=self.cleaned_data[f"{stage}_grade"],
                leave_engagement=self.cleaned_data[f"{stage}_leave_engagement"],
            )
            for stage in values.GATED
        ]


class SettingsForm(forms.Form):
    """The name, the half-lives in days, and the least fit of each grade."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=values.LONGEST_NAME)
    half_life_fast = number_field(
        gettext_lazy("Fast"), SHORTEST_HALF_LIFE, values.LONGEST_HALF_LIFE
    )
    half_life_medium = number_field(
        gettext_lazy("Medium"), SHORTEST_HALF_LIFE, values.LONGEST_HALF_LIFE
    )
    half_life_slow = number_field(
        gettext_lazy("Slow"), SHORTEST_HALF_LIFE, values.LONGEST_HALF_LIFE
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)

    def __init__(self, data: Any = None, *, settings: SettingsValues) -> None:
        super().__init__(data)
        for name in ("name", "half_life_fast", "half_life_medium", "half_life_slow"):
            shown = getattr(settings, name)
            self.fields[name].initial = shown if name == "name" else shortest(shown)
        for band in range(values.BANDS):
            limits = settings.band_limits
            self.fields[f"band_{band}"] = number_field(
                GRADES[band + 1],
                0,
                values.MOST_FIT,
                initial=shortest(limits[band]) if band < len(limits) else None,
            )
        self.fields["seen"].initial = values.fingerprint(settings)

    @property
    def speeds(self) -> list[BoundField]:
        return [self[f"half_life_{speed}"] for speed in ("fast", "medium", "slow")]

    @property
    def bands(self) -> list[BoundField]:
        return [self[f"band_{band}"] for band in range(values.BANDS)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for band in range(1, values.BANDS):
            low, high = (cleaned.get(f"band_{one}") for one in (band - 1, band))
            if low is not None and high is not None and low >= high:
                message = _("Higher than {limit:g}, the one before.")
                self.add_error(f"band_{band}", message.format(limit=low))
        return cleaned

    @property
    def values(self) -> SettingsValues:
        """The settings as typed."""
        typed = self.cleaned_data
        return SettingsValues(
            name=typed["name"],
            half_life_fast=typed["half_life_fast"],
            half_life_medium=typed["half_life_medium"],
            half_life_slow=typed["half_life_slow"],
            band_limits=[typed[f"band_{band}"] for band in range(values.BANDS)],
        )


class ActivateForm(forms.Form):
    """Why a version is to decide from now on."""

    note = forms.CharField(
        label=gettext_lazy("What is different, and why"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody reads it on the page of definitions."),
    )
