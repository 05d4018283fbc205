"""The shape of a question to marketing, and of its answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handoff.models import Handoff, Inquiry


class AskForm(forms.Form):
    """What a rep wants to know."""

    text = forms.CharField(
        label=_("Question"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
        help_text=_("Marketing is told at once; you find the answer in the brief."),
    )

    def __init__(self, data: Any = None, *, handoff: Handoff) -> None:
        super().__init__(data)
        self.fields["text"].widget.attrs["data-draft"] = f"question-{handoff.pk}"


class AnswerForm(forms.Form):
    """What marketing knows."""

    text = forms.CharField(
        label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, inquiry: Inquiry) -> None:
        super().__init__(data, auto_id=f"answer-{inquiry.pk}-%s")
        self.fields["text"].widget.attrs["data-draft"] = f"answer-{inquiry.pk}"
