"""The shape of what marketers type about mails; a form cleans, it does not save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.nurture.mail.drafting import SETTINGS
from leads.nurture.models import MailTemplate
from leads.text import name_key


class TemplateForm(forms.ModelForm):
    """A template; `drafting` looks at its fields and links."""

    class Meta:
        model = MailTemplate
        fields = SETTINGS
        help_texts = {
            "name": _("For you and your colleagues."),
            "preheader": _("What a mail box shows behind the subject."),
            "is_promotional": _(
                "Advertises something; leads at work with sales may be spared it."
            ),
        }
        widgets = {"body": forms.Textarea(attrs={"rows": 18, "spellcheck": "true"})}

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name_key(name):
            raise forms.ValidationError(_("Use some letters or digits."))
        return name

    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())

    def clean_preheader(self) -> str:
        return " ".join(self.cleaned_data["preheader"].split())

    def _post_clean(self) -> None:
        """The template is written by `drafting` alone."""


class SuppressionForm(forms.Form):
    """An address that is to get no mail."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class PreviewForm(forms.Form):
    """Whose mail is looked at, and how."""

    lead = forms.CharField(
        label=_("Lead"),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Name, company, e-mail…")}
        ),
    )
    look = forms.ChoiceField(
        label=_("Look"),
        choices=[("light", _("Light")), ("dark", _("Dark"))],
        required=False,
    )
    width = forms.ChoiceField(
        label=_("Width"),
        choices=[("wide", _("Computer")), ("phone", _("Phone"))],
        required=False,
    )

    def said(self) -> dict[str, Any]:
        """What was chosen; what is no choice is the first one."""
        self.is_valid()
        found = self.cleaned_data
        return {
            "lead": found.get("lead", ""),
            "look": found.get("look") or "light",
            "width": found.get("width") or "wide",
        }
