"""The shape of what marketers set about a form; a form cleans, it does not save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.capture import sites
from leads.capture.hosted import fields
from leads.capture.hosted.building import SETTINGS, Question
from leads.capture.hosted.choices import FORM_KINDS, Control
from leads.capture.models import FormField, HostedForm
from leads.choices import ActivityKind
from leads.models import Campaign

MOST_SITES = 20
MOST_CHOICES = 50
LONGEST_CHOICE = 100


class NewFormForm(forms.Form):
    """What a new form begins with."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Such as “Book a demo”.")
    )
    kind = forms.ChoiceField(
        label=_("What it records"),
        choices=[(kind.value, kind.label) for kind in FORM_KINDS],
        help_text=_("The activity that scoring rules read."),
    )

    def clean_kind(self) -> ActivityKind:
        return ActivityKind(self.cleaned_data["kind"])


class LinesField(forms.CharField):
    """Several values, one a line; blank and doubled ones are left out."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        text = super().to_python(value) or ""
        lines = (" ".join(line.split()) for line in text.split("\n"))
        return list(dict.fromkeys(line for line in lines if line))

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"])

    def run_validators(self, value: Any) -> None:
        """Each line is looked at by the form that asks for it."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class SettingsForm(forms.ModelForm):
    """Everything about a form but its questions."""

    campaign = forms.ModelChoiceField(
        label=_("Campaign"),
        queryset=Campaign.objects.all(),
        required=False,
        empty_label=_("None"),
        help_text=_("A utm_campaign that is one of ours goes before it."),
    )
    sites = LinesField(
        label=_("Your web sites"),
        required=False,
        max_length=4_000,
        help_text=_(
            "One a line, such as https://www.acme.com. Only these may show the form in "
            "a frame, post to it, and be gone on to."
        ),
    )

    class Meta:
        model = HostedForm
        fields = SETTINGS
        labels = {"name": _("Name"), "slug": _("Address")}
        help_texts = {
            "name": _("For you and your colleagues."),
            "slug": _("The last part of its web address: letters, digits and hyphens."),
            "source": _("Of new leads, unless utm_source says another."),
            "consent_text": _(
                "What people agree to by a tick. Each wording is kept with whoever "
                "agreed to it; left empty, nothing is asked."
            ),
            "is_double_opt_in": _(
                "The submission waits until whoever has the mail box says yes."
            ),
            "redirect_url": _("A page of your web sites, instead of the text."),
        }
        widgets = {
            "introduction": forms.Textarea(attrs={"rows": 2}),
            "consent_text": forms.Textarea(attrs={"rows": 3}),
            "thanks": forms.Textarea(attrs={"rows": 2}),
        }

    def clean_sites(self) -> list[str]:
        found = []
        for line in self.cleaned_data["sites"]:
            origin = sites.origin_of(line.rstrip("/"))
            if not origin or line.rstrip("/").casefold() != origin:
                text = _("“{line}” is no site such as https://www.acme.com.")
                raise forms.ValidationError(text.format(line=line[:100]))
            found.append(origin)
        if len(found) > MOST_SITES:
            text = _("Name at most {count} sites.")
            raise forms.ValidationError(text.format(count=MOST_SITES))
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        target = cleaned.get("redirect_url", "")
        if target and not sites.leads_to(target, cleaned.get("sites", [])):
            self.add_error("redirect_url", _("This is no page of your web sites."))
        if not target and not cleaned.get("thanks") and "thanks" not in self.errors:
            self.add_error("thanks", _("Say thank you, or where to go on to."))
        return cleaned


class QuestionForm(forms.Form):
    """One question: its words, and how it is answered."""

    label = forms.CharField(label=_("Question"), max_length=150)
    help_text = forms.CharField(
        label=_("Help"),
        max_length=300,
        required=False,
        help_text=_("A line below the field."),
    )
    control = forms.ChoiceField(label=_("Filled in by"), choices=Control)
    choices = LinesField(
        label=_("Choices"),
        required=False,
        max_length=MOST_CHOICES * (LONGEST_CHOICE + 1),
        help_text=_("One a line; for “One of these choices”."),
    )
    is_required = forms.BooleanField(label=_("Must be filled in"), required=False)

    def __init__(
        self, data: Any = None, *, field: FormField | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.field = field
        if field is not None:
            for name in self.fields:
                self.initial[name] = getattr(field, name)
            if not fields.is_custom(field.name):
                del self.fields["control"], self.fields["choices"]
            if field.name == fields.EMAIL:
                del self.fields["is_required"]

    def clean_choices(self) -> list[str]:
        choices = list(self.cleaned_data["choices"])
        if len(choices) > MOST_CHOICES:
            text = _("Give at most {count} choices.")
            raise forms.ValidationError(text.format(count=MOST_CHOICES))
        if any(len(choice) > LONGEST_CHOICE for choice in choices):
            text = _("A choice has at most {count} characters.")
            raise forms.ValidationError(text.format(count=LONGEST_CHOICE))
        return choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            cleaned.get("control") == Control.CHOICE
            and "choices" not in self.errors
            and len(cleaned["choices"]) < 2
        ):
            self.add_error("choices", _("Give two choices at least."))
        if self.field is None and "label" in cleaned and not self._name():
            self.add_error("label", _("Use some letters or digits."))
        return cleaned

    def question(self) -> Question:
        """What the valid form asks for."""
        cleaned = self.cleaned_data
        return Question(
            name=self._name(),
            label=cleaned["label"],
            help_text=cleaned["help_text"],
            control=Control(cleaned.get("control", Control.LINE)),
            choices=cleaned.get("choices", []),
            is_required=cleaned.get("is_required", False),
        )

    def _name(self) -> str:
        if self.field is not None:
            return self.field.name
        return fields.custom_name(self.cleaned_data["label"])
