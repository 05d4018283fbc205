"""What a reader may ask about entries into stages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.choices import PATH, Stage
from leads.models import User
from reports import cohorts, entries, throughput
from reports.forms import NO_WINDOW, CyclesForm, WindowField

INFERRED = [("yes", _("Count as entered")), ("no", _("Leave out"))]


class ThroughputForm(CyclesForm):
    """The question of the period ratio and the snapshot."""

    inferred = forms.ChoiceField(label=_("Skipped stages"), choices=INFERRED)

    usual = {**CyclesForm.usual, "inferred": "yes"}

    def question(self, *, reader: User | None) -> throughput.Question:
        return throughput.Question(
            self.cleaned_period(),
            with_inferred=self.cleaned_data["inferred"] == "yes",
            first_only=self.first_only,
            **self.scope(reader),
        )


class FunnelForm(CyclesForm):
    """The question of the funnel."""

    cohort = forms.ChoiceField(
        label=_("Who entered"),
        choices=[(stage.value, stage.label) for stage in cohorts.COHORTS],
    )
    window = WindowField(
        label=_("Converted within"),
        choices=[
            ("30", _("30 days")),
            ("60", _("60 days")),
            ("90", _("90 days")),
            ("180", _("180 days")),
            (NO_WINDOW, _("No limit")),
        ],
    )
    by = forms.ChoiceField(label=_("Split by"), choices=cohorts.By.choices)
    inferred = forms.ChoiceField(label=_("Skipped stages"), choices=INFERRED)
    reference = forms.BooleanField(
        label=_("Band 35–45 %"),
        required=False,
    )

    usual = {
        **CyclesForm.usual,
        "reference": "",
        "cohort": Stage.MQL.value,
        "window": str(cohorts.WINDOW_DAYS),
        "by": cohorts.By.SOURCE.value,
        "inferred": "yes",
    }

    def question(self, *, reader: User | None) -> cohorts.Question:
        window = self.cleaned_data["window"]
        return cohorts.Question(
            cohort=Stage(self.cleaned_data["cohort"]),
            period=self.cleaned_period(),
            window_days=None if window == NO_WINDOW else int(window),
            by=cohorts.By(self.cleaned_data["by"]),
            with_inferred=self.cleaned_data["inferred"] == "yes",
            first_only=self.first_only,
            **self.scope(reader),
        )


class FunnelCellForm(FunnelForm):
    """One number of the funnel; without key and stage it is the total of all."""

    key = forms.CharField(required=False, strip=False, max_length=300)
    reached = forms.ChoiceField(required=False, choices=Stage.choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and (reached := cleaned.get("reached")):
            later = PATH[PATH.index(Stage(cleaned["cohort"])) + 1 :]
            if reached not in later:
                raise forms.ValidationError(_("Nobody goes back to that stage."))
        return cleaned

    def cell(self, *, reader: User | None) -> entries.Cell:
        reached = self.cleaned_data["reached"]
        return entries.Cell(
            question=self.question(reader=reader),
            key=self.cleaned_data["key"] or None,
            reached=Stage(reached) if reached else None,
        )
