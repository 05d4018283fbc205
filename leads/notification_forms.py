"""The shape of how a person wants to be told."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from leads import notifications, outgoing
from leads.choices import MailTiming, NotificationKind
from leads.models import NotificationPreference, User
from leads.notifications import Wish
from leads.outgoing import RefusedAddressError


class PreferenceForm(forms.ModelForm):
    """Quiet hours, the hour of the daily mail, and the person's chat."""

    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=_("until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    class Meta:
        model = NotificationPreference
        fields = ("quiet_from", "quiet_until", "digest_hour", "chat_url")
        help_texts = {
            "chat_url": _(
                "An incoming webhook of Slack, Mattermost or the like; begins with"
                " https://."
            ),
            "digest_hour": _("From 0 to 23, in your time zone."),
        }

    def clean_chat_url(self) -> str:
        url = str(self.cleaned_data["chat_url"]).strip()
        if url:
            try:
                outgoing.parsed(url)
            except RefusedAddressError as refused:
                raise forms.ValidationError(str(refused)) from None
        return url

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        ends = [cleaned.get("quiet_from"), cleaned.get("quiet_until")]
        if not self.errors and (ends[0] is None) != (ends[1] is None):
            missing = "quiet_from" if ends[0] is None else "quiet_until"
            self.add_error(missing, _("Quiet hours need a beginning and an end."))
        return cleaned


class WishForm(forms.Form):
    """How the person wants one kind of news."""

    mail = forms.ChoiceField(choices=MailTiming.choices)
    is_chatted = forms.BooleanField(required=False)

    def __init__(
        self, posted: QueryDict | None, *, kind: NotificationKind, wish: Wish
    ) -> None:
        initial = {"mail": wish.mail, "is_chatted": wish.is_chatted}
        super().__init__(posted, prefix=kind.value, initial=initial)
        self.kind = kind
        named = _("Mail: {kind}"), _("Chat: {kind}")
        for name, text in zip(self.fields, named, strict=True):
            label = text.format(kind=kind.label)
            self.fields[name].widget.attrs["aria-label"] = label

    @property
    def wish(self) -> Wish:
        """What was chosen; only where the form is valid."""
        timing = MailTiming(self.cleaned_data["mail"])
        return Wish(timing, bool(self.cleaned_data["is_chatted"]))


def wish_forms(*, person: User, posted: QueryDict | None) -> list[WishForm]:
    """One form a kind, in the order of the kinds."""
    chosen = notifications.wishes_of(people=[person.pk])[person.pk]
    return [
        WishForm(posted, kind=kind, wish=chosen.get(kind) or notifications.usual(kind))
        for kind in NotificationKind
    ]
