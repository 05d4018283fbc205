"""What marketers type about programmes; a form cleans, it does not save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.nurture.choices import StepKind
from leads.nurture.models import MailTemplate, NurtureSettings, Programme, Segment, Step
from leads.nurture.programmes.building import SETTINGS
from leads.text import name_key

# Which columns a step of a kind asks for.
ASKED: dict[StepKind, tuple[str, ...]] = {
    StepKind.MAIL: ("template",),
    StepKind.WAIT: ("days",),
    StepKind.UNTIL: ("weekday", "hour"),
    StepKind.BRANCH: ("otherwise",),
    StepKind.TAG: ("words",),
    StepKind.TASK: ("words", "days"),
    StepKind.NOTIFY: ("words",),
    StepKind.HAND_OVER: (),
}
OPTIONAL = ("weekday", "otherwise")


class ProgrammeForm(forms.ModelForm):
    """The settings of a programme."""

    class Meta:
        model = Programme
        fields = SETTINGS
        help_texts = {
            "name": _("Such as “Playbook series”."),
            "segment": _("Looked at every ten minutes; leads can be enrolled by hand."),
            "rejection_reason": _("The words of the reason, as sales chooses it."),
            "goal": _(
                "A lead that comes into this segment has reached it, and leaves."
            ),
            "is_sales_assist": _("Goes on while sales works with the lead."),
            "reentry_days": _("After it has left. Empty: a lead enters once."),
            "from_hour": _("From 0 to 23, where the lead is."),
            "to_hour": _("Up to 24."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The page offers the reasons of sales, which belong to a higher room.
        self.fields["rejection_reason"].widget.attrs["list"] = "rejection-reasons"
        in_use = Segment.objects.filter(archived_at=None)
        for name in ("segment", "goal"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for mypy
            field.queryset = in_use
            field.empty_label = str(_("None"))

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name_key(name):
            raise forms.ValidationError(_("Use some letters or digits."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        hours = cleaned.get("from_hour"), cleaned.get("to_hour")
        if None not in hours and hours[0] >= hours[1]:  # type: ignore[operator]
            self.add_error("to_hour", _("It must be later than the first hour."))
        return cleaned

    def _post_clean(self) -> None:
        """The programme is written by `building` alone."""


class StepForm(forms.ModelForm):
    """One step; its kind says which fields it has."""

    class Meta:
        model = Step
        fields = ("template", "words", "days", "weekday", "hour", "otherwise")
        labels = {"otherwise": _("Where they do not hold, go to")}
        help_texts = {"hour": _("From 0 to 23, where the lead is.")}

    def __init__(
        self, *args: Any, kind: StepKind, programme: Programme, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in list(self.fields):
            if name not in ASKED[kind]:
                del self.fields[name]
            elif name not in OPTIONAL:
                self.fields[name].required = True
        self._offer(programme)
        if "days" in self.fields:
            self.fields["days"] = forms.IntegerField(
                label=_("Days"), min_value=1, max_value=365
            )
        if "words" in self.fields:
            longest = 50 if kind == StepKind.TAG else 200
            label = _("Tag") if kind == StepKind.TAG else _("What to do or know")
            self.fields["words"] = forms.CharField(label=label, max_length=longest)

    def _offer(self, programme: Programme) -> None:
        """Templates in use, and steps to which a branch may lead."""
        choose = self.fields.get("template")
        if isinstance(choose, forms.ModelChoiceField):
            choose.queryset = MailTemplate.objects.filter(archived_at=None)
        leads_to = self.fields.get("otherwise")
        if isinstance(leads_to, forms.ModelChoiceField):
            later = programme.steps.filter(position__gt=self.instance.position or 0)
            leads_to.queryset = later if self.instance.pk else programme.steps.none()
            leads_to.empty_label = str(_("The lead leaves"))

    def clean_words(self) -> str:
        return " ".join(self.cleaned_data["words"].split())

    def _post_clean(self) -> None:
        """The step is written by `building` alone."""


class LimitsForm(forms.ModelForm):
    """What holds for all programmes."""

    class Meta:
        model = NurtureSettings
        fields = ("mute", "most_mails", "in_days")

    def _post_clean(self) -> None:
        """The row is written by `limits` alone."""
