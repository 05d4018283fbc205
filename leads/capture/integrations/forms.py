"""The shape of keys and webhooks; a form cleans, it does not save."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from leads import outgoing, webhooks
from leads.capture.choices import Scope
from leads.choices import WebhookKind
from leads.models import User, WebhookEndpoint


class PersonField(forms.ModelChoiceField):
    """One of the people who may sign in."""

    def __init__(self, **options: Any) -> None:
        people = User.objects.filter(is_active=True)
        super().__init__(queryset=people, empty_label=_("Choose a person"), **options)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({obj.email})" if obj.name else obj.email


class KeyForm(forms.Form):
    """A new key for the API."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("The program that will use it.")
    )
    user = PersonField(
        label=_("Acts as"),
        help_text=_(
            "It sees and does what this person may, and ends when the person leaves."
        ),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may be used for"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    source_system = forms.CharField(
        label=_("Source system"),
        max_length=50,
        required=False,
        help_text=_("Of records sent with it that name none, such as “shop”."),
    )

    def clean_scopes(self) -> list[Scope]:
        return [Scope(value) for value in self.cleaned_data["scopes"]]


class SourceForm(forms.Form):
    """A system that sends webhooks."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("The system that will send.")
    )
    user = PersonField(
        label=_("Acts as"),
        help_text=_("Somebody who may import: activities reach the leads they see."),
    )
    source_system = forms.CharField(
        label=_("Source system"),
        max_length=50,
        required=False,
        help_text=_("Of records that name none, such as “events”."),
    )

    def clean_user(self) -> User:
        user: User = self.cleaned_data["user"]
        if not user.has_perm("leads.import_leads"):
            raise ValidationError(_("This person may not bring leads in."))
        return user


class EndpointForm(forms.Form):
    """An address that is told what happens."""

    url = forms.CharField(
        label=_("Address"),
        max_length=outgoing.LONGEST_URL,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "placeholder": "https://", "spellcheck": "false"}
        ),
        help_text=_("A public https address. It must answer 2xx within 10 seconds."),
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=200,
        required=False,
        help_text=_("Such as “Billing: new customers”."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What it is told"),
        choices=[(kind.value, kind.label) for kind in webhooks.KINDS],
        widget=forms.CheckboxSelectMultiple,
    )
    is_chat = forms.BooleanField(
        label=_("It is a channel of a chat"),
        required=False,
        help_text=_("Then it gets one text for people, as Slack's webhooks take it."),
    )

    def __init__(self, data: Any = None, *, endpoint: WebhookEndpoint | None) -> None:
        names = ("url", "description", "kinds", "is_chat")
        initial = {name: getattr(endpoint, name) for name in names} if endpoint else {}
        super().__init__(data, initial=initial)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            outgoing.parsed(url)
        except outgoing.RefusedAddressError as error:
            raise ValidationError(str(error)) from error
        return url

    def clean_kinds(self) -> list[WebhookKind]:
        return [WebhookKind(value) for value in self.cleaned_data["kinds"]]
