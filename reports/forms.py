"""What a reader may ask of a report; every answer has an address of its own."""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Self

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from handoff.choices import ReasonCategory
from leads.choices import Stage
from leads.models import User
from reports import (
    acceptance,
    agreement,
    cohorts,
    flows,
    follow_up,
    narrowing,
    revenue,
    scored,
    sources,
    speed,
)
from reports.narrowing import LONGEST_WHERE
from reports.periods import FIRST_DAY, LAST_DAY, Period, Preset, preset_period
from reports.splits import Split
from reports.won_deals import Channel

NO_WINDOW = "none"
COMPARED = "before"
# A hundred years of months would be a page that nobody reads.
LONGEST_PERIOD_DAYS = 3_660


class PeriodForm(forms.Form):
    """A preset or two dates; what the address leaves out has its usual value.

    `from` and `to` are the first day and the day after the last one.
    """

    period = forms.ChoiceField(label=_("Period"), choices=Preset.choices)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    # Conditions on the leads as JSON; a page of their own edits them.
    where = forms.CharField(
        required=False, max_length=LONGEST_WHERE, widget=forms.HiddenInput
    )
    # Links switch it on and off.
    compare = forms.ChoiceField(
        label=_("Compare with"),
        choices=[(COMPARED, _("the period before"))],
        required=False,
        widget=forms.HiddenInput,
    )

    usual: Mapping[str, str] = {
        "period": Preset.MONTHS_12.value,
        "segment": "",
        "where": "",
        "compare": "",
    }

    def __init__(self, query: Mapping[str, Any], *, now: datetime) -> None:
        given = {name: query[name] for name in query if query[name] != ""}
        dated = {"period": Preset.CUSTOM.value} if {"from", "to"} & set(given) else {}
        asked = {**self.usual, **dated, **given}
        if asked["period"] in Preset.values and asked["period"] != Preset.CUSTOM:
            asked |= dates_of(preset_period(preset=Preset(asked["period"]), now=now))
        super().__init__(asked)
        self.now = now
        # The time at which the last day ends already, as only `compared` has it.
        self.until: time | None = None
        self.segments = narrowing.in_use()
        self.fields["segment"].choices = [  # type: ignore[attr-defined]
            ("", _("Every lead")),
            *((pk, segment.name) for pk, segment in self.segments.items()),
        ]
        # `from` is a keyword, so these two cannot be written as class attributes.
        for name, label in (("from", _("From")), ("to", _("Before"))):
            day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields[name] = forms.DateField(
                label=label,
                required=False,
                widget=day,
                input_formats=["%Y-%m-%d"],
                validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
            )
        self.order_fields(["period", "from", "to"])

    def clean_segment(self) -> str:
        pk: str = self.cleaned_data["segment"]
        if pk:
            narrowing.check_segment(self.segments[pk])
        return pk

    def clean_where(self) -> str:
        where: str = self.cleaned_data["where"]
        narrowing.tree_of(where)
        return where

    def scope(self, reader: User | None) -> dict[str, Any]:
        """Whose leads are counted, as arguments of a question."""
        segment = self.segments.get(self.cleaned_data["segment"])
        tree = narrowing.tree_of(self.cleaned_data["where"])
        return {"reader": reader, "among": narrowing.chosen(segment, tree)}

    @property
    def segment_name(self) -> str:
        """The segment of a valid form; empty where every lead is counted."""
        segment = self.segments.get(self.cleaned_data["segment"])
        return str(segment) if segment else ""

    @property
    def where_words(self) -> str:
        """The conditions in words, of a valid form."""
        return narrowing.in_words(narrowing.tree_of(self.cleaned_data["where"]))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("period") != Preset.CUSTOM or self.errors:
            return cleaned
        start, end = cleaned.get("from"), cleaned.get("to")
        if start is None or end is None:
            raise forms.ValidationError(_("Say both dates of the period."))
        if start >= end:
            raise forms.ValidationError(
                _("The period is empty: its first day must lie before its end.")
            )
        if (end - start).days > LONGEST_PERIOD_DAYS:
            raise forms.ValidationError(_("A report covers ten years at most."))
        return cleaned

    def cleaned_period(self) -> Period:
        preset = Preset(self.cleaned_data["period"])
        if preset != Preset.CUSTOM:
            return preset_period(preset=preset, now=self.now)
        start: date = self.cleaned_data["from"]
        end: date = self.cleaned_data["to"]
        return Period(start, end, self.until)

    def form_before(self) -> Self | None:
        """The same question about the period before; to be asked of a valid form.

        None where there is no such period.
        """
        before = self.cleaned_period().before(now=self.now)
        if before is None:
            return None
        asked = {name: self.cleaned_data[name] for name in self.usual}
        asked |= {"period": Preset.CUSTOM.value, "compare": ""}
        earlier = type(self)({**asked, **dates_of(before)}, now=self.now)
        earlier.until = before.until
        return earlier

    @property
    def is_compared(self) -> bool:
        """Whether the period before is asked for too; of a valid form."""
        return bool(self.cleaned_data["compare"])

    @cached_property
    def compared(self) -> Self | None:
        """The question about the period before, where it is asked for; of a valid form.

        None also where there is no such period.
        """
        earlier = self.form_before() if self.is_compared else None
        return earlier if earlier is not None and earlier.is_valid() else None

    def frozen_query(self) -> dict[str, str]:
        """The report's question with its dates, so that a link keeps its answer."""
        said = self.cleaned_data
        asked = {name: said[name] for name in self.usual if said[name]}
        del asked["period"]
        return {**dates_of(self.cleaned_period()), **asked}

    def shared_query(self) -> dict[str, str]:
        """What of the question another report can be asked: days, leads, comparison."""
        kept = ("from", "to", *PeriodForm.usual)
        return {
            name: said for name, said in self.frozen_query().items() if name in kept
        }


def dates_of(period: Period) -> dict[str, str]:
    """The period as its two parameters in an address."""
    return {"from": period.start.isoformat(), "to": period.end.isoformat()}


class WindowField(forms.ChoiceField):
    """The days offered, or any other number of them that an address or command says."""

    def valid_value(self, value: Any) -> bool:
        if super().valid_value(value):
            return True
        text = str(value)
        is_number = text.isascii() and text.isdecimal() and len(text) < 6
        return is_number and 1 <= int(text) <= LONGEST_PERIOD_DAYS


class CyclesForm(PeriodForm):
    """A period, and whether a person who came back counts once more."""

    cycles = forms.ChoiceField(
        label=_("Who is counted"),
        choices=[("all", _("Every cycle")), ("first", _("Each person once"))],
    )

    usual = {**PeriodForm.usual, "cycles": "all"}
    # What is chosen least often stands last.
    field_order = ("period", "segment", "where", "cohort", "window", "by", "inferred")

    @property
    def first_only(self) -> bool:
        """Of each person the first cycle of the period alone; of a valid form."""
        return bool(self.cleaned_data["cycles"] == "first")


class SplitForm(PeriodForm):
    """A period, and what a row stands for."""

    by = forms.ChoiceField(label=_("Split by"), choices=Split.choices)

    usual = {**PeriodForm.usual, "by": Split.SOURCE.value}


class FollowUpForm(SplitForm):
    """The question of the follow-up report; the target is in hours."""

    target = forms.ChoiceField(
        label=_("Target"),
        choices=[
            ("1", _("1 hour")),
            ("2", _("2 hours")),
            ("4", _("4 hours")),
            ("8", _("8 hours")),
            ("24", _("24 hours")),
        ],
    )

    usual = {**SplitForm.usual, "target": "8"}

    def question(self, *, reader: User | None) -> follow_up.Question:
        return follow_up.Question(
            period=self.cleaned_period(),
            by=Split(self.cleaned_data["by"]),
            target_seconds=int(self.cleaned_data["target"]) * 3600,
            **self.scope(reader),
        )


class VelocityForm(PeriodForm):
    """The question of the velocity report: a period."""

    def question(self, *, reader: User | None) -> speed.Question:
        return speed.Question(self.cleaned_period(), **self.scope(reader))


class AgreementForm(PeriodForm):
    """The question of the agreement: whose months are told."""

    def question(self, *, reader: User | None) -> agreement.Question:
        return agreement.Question(self.cleaned_period(), **self.scope(reader))


class FlowsForm(CyclesForm):
    """The question of cohorts and flows."""

    cohort = forms.ChoiceField(
        label=_("Who entered"),
        choices=[(stage.value, stage.label) for stage in cohorts.COHORTS],
    )

    usual = {**CyclesForm.usual, "cohort": Stage.MQL.value}

    def question(self, *, reader: User | None) -> flows.Question:
        return flows.Question(
            self.cleaned_period(),
            Stage(self.cleaned_data["cohort"]),
            first_only=self.first_only,
            **self.scope(reader),
        )


class HealthForm(PeriodForm):
    """The question of score health: a period."""

    def question(self, *, reader: User | None) -> scored.Question:
        return scored.Question(self.cleaned_period(), **self.scope(reader))


class RevenueForm(PeriodForm):
    """The question of the revenue report."""

    by = forms.ChoiceField(label=_("Channels"), choices=Channel.choices)

    usual = {**PeriodForm.usual, "by": Channel.SOURCE.value}

    def question(self, *, reader: User | None) -> revenue.Question:
        return revenue.Question(
            self.cleaned_period(),
            Channel(self.cleaned_data["by"]),
            **self.scope(reader),
        )


class SourcesForm(PeriodForm):
    """The question of sources and campaigns."""

    by = forms.ChoiceField(
        label=_("Side by side"),
        choices=[(each.value, each.label) for each in sources.SPLITS],
    )

    usual = {**PeriodForm.usual, "by": Split.SOURCE.value}

    def question(self, *, reader: User | None) -> sources.Question:
        return sources.Question(
            self.cleaned_period(),
            Split(self.cleaned_data["by"]),
            **self.scope(reader),
        )


class AcceptanceForm(CyclesForm):
    """The question of the acceptance report."""

    by = forms.ChoiceField(label=_("Split by"), choices=acceptance.By.choices)

    usual = {**CyclesForm.usual, "by": acceptance.By.SOURCE.value}

    def question(self, *, reader: User | None) -> acceptance.Question:
        return acceptance.Question(
            period=self.cleaned_period(),
            by=acceptance.By(self.cleaned_data["by"]),
            first_only=self.first_only,
            **self.scope(reader),
        )


class AcceptanceCellForm(AcceptanceForm):
    """One number of the acceptance report; what is left out stands for all."""

    key = forms.CharField(required=False, strip=False, max_length=300)
    outcome = forms.ChoiceField(required=False, choices=acceptance.Outcome.choices)
    silent = forms.BooleanField(required=False)
    category = forms.ChoiceField(required=False, choices=ReasonCategory.choices)

    def cell(self, *, reader: User | None) -> acceptance.Cell:
        outcome, category = self.cleaned_data["outcome"], self.cleaned_data["category"]
        return acceptance.Cell(
            question=self.question(reader=reader),
            key=self.cleaned_data["key"] or None,
            outcome=acceptance.Outcome(outcome) if outcome else None,
            is_silent=self.cleaned_data["silent"],
            category=ReasonCategory(category) if category else None,
        )
