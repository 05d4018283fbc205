"""The form that strangers see, made of the fields that a marketer chose."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.capture import values
from leads.capture.hosted import fields
from leads.capture.hosted.choices import Control
from leads.capture.models import FormField, HostedForm
from leads.capture.values import ValueRefusedError

TRAP = "fax_number"
CONSENT = "consent"
# What an address may carry to tell where somebody comes from.
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
LONGEST_UTM = 200
YES = "yes"


class AnswerField(forms.CharField):
    """A line or a text, read like the same field of an import."""

    def __init__(self, *, name: str, control: Control, **kwargs: Any) -> None:
        widget: forms.Widget = forms.TextInput()
        known = fields.KNOWN.get(name)
        if known is not None:
            widget = forms.TextInput(attrs={"autocomplete": known.autocomplete})
        if name == fields.EMAIL:
            widget = forms.EmailInput(attrs={"autocomplete": known.autocomplete})  # type: ignore[union-attr]
        if control == Control.TEXT:
            widget = forms.Textarea(attrs={"rows": 4})
        super().__init__(widget=widget, strip=False, **kwargs)
        self.parse = fields.parser(name)

    def to_python(self, value: Any) -> Any:
        try:
            text = values.plain(super().to_python(value) or "")
            return self.parse(text) if text else ""
        except ValueRefusedError as refusal:
            said = _("{question} {reason}.").format(question=self.label, reason=refusal)
            raise forms.ValidationError(said) from None


class PublicForm(forms.Form):
    """The questions of one form, its consent, and what guards it.

    A field that is filled in by a machine alone, or by our own pages, is never wrong:
    it is read where it fits and passed over where it does not.
    """

    def __init__(
        self, form: HostedForm, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.questions: Iterable[FormField] = list(form.fields.all())
        for question in self.questions:
            self.fields[question.name] = _field(question)
        if form.consent_text:
            self.fields[CONSENT] = forms.BooleanField(
                label=form.consent_text,
                required=form.is_consent_required,
                error_messages={"required": _("Please tick this box to go on.")},
            )

    def answers(self) -> dict[str, Any]:
        """By field, what was filled in; blank ones are left out."""
        given = {
            question.name: self.cleaned_data[question.name]
            for question in self.questions
        }
        return {name: value for name, value in given.items() if value}

    @property
    def has_consented(self) -> bool:
        return bool(self.cleaned_data.get(CONSENT))


def told(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """What an address or hidden fields say beside the answers, where it is fit."""
    found = {}
    for name in names:
        text = str(data.get(name, ""))
        try:
            text = values.text_up_to(LONGEST_UTM)(values.plain(text[:1_000]))
        except ValueRefusedError:
            continue
        if text:
            found[name] = text
    return found


def _field(question: FormField) -> forms.Field:
    common: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help_text,
        "required": question.is_required,
    }
    if question.control == Control.CHOICE:
        choices = [("", "–"), *((choice, choice) for choice in question.choices)]
        return forms.ChoiceField(choices=choices, **common)
    if question.control == Control.CHECK:
        return _Tick(**common)
    return AnswerField(name=question.name, control=Control(question.control), **common)


class _Tick(forms.BooleanField):
    """A tick, kept as a word that a condition can be made of."""

    def clean(self, value: Any) -> str:
        return YES if super().clean(value) else ""
