"""The shape of what people type about a meeting."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from handoff.models import Meeting
from handoff.selling.forms import check_is_to_come, moment_field
from handoff.selling.meetings import Invited, Plan
from leads.models import Lead


def one_line(text: str) -> None:
    """Refuse line breaks and other control characters, which mail headers obey."""
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise forms.ValidationError(_("Write this in one line."))


def _local(at: datetime, shape: str) -> str:
    return date_format(timezone.localtime(at), shape)


class MeetingForm(forms.Form):
    """A meeting: when, where, and who of the account and besides is invited."""

    LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240)
    MOST_GUESTS = 30

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    starts_at = moment_field(label=_("Starts"))
    # Asked only where something else is planned for that time.
    anyway = forms.BooleanField(
        label=_("Plan it for that time all the same"),
        required=False,
        widget=forms.HiddenInput,
    )
    minutes = forms.TypedChoiceField(
        label=_("Length"),
        choices=[(n, _("%(n)s minutes") % {"n": n}) for n in LENGTHS],
        coerce=int,
        initial=30,
    )
    place = forms.CharField(
        label=_("Place or link"),
        max_length=500,
        required=False,
        validators=[one_line],
    )
    words = forms.CharField(
        label=_("What it is about"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    people = forms.TypedMultipleChoiceField(
        label=_("Invite"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    addresses = forms.CharField(
        label=_("Further addresses"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Separated by commas or line breaks."),
    )
    sequence = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(
        self, data: Any = None, *, people: Sequence[Lead], now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.now = now
        self.by_id = {one.pk: one for one in people if one.email}
        self.fields["people"].choices = [  # type: ignore[attr-defined]
            (one.pk, f"{one}, {one.title}" if one.title else str(one))
            for one in self.by_id.values()
        ]

    def clean_starts_at(self) -> datetime:
        at: datetime = self.cleaned_data["starts_at"]
        if at != self.initial.get("starts_at"):
            check_is_to_come(at, now=self.now)
        return at

    def clean_addresses(self) -> list[str]:
        """The addresses, each checked; the first wrong one is named."""
        text: str = self.cleaned_data["addresses"]
        found = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
        for address in found:
            try:
                validate_email(address)
            except forms.ValidationError:
                refusal = _("“%(address)s” is no e-mail address.")
                raise forms.ValidationError(
                    refusal, params={"address": address[:100]}
                ) from None
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        count = len(cleaned.get("people", [])) + len(cleaned.get("addresses", []))
        if count > self.MOST_GUESTS:
            self.add_error("addresses", _("Invite up to 30 people."))
        return cleaned

    def tell_clashes(
        self, clashes: Sequence[Meeting], *, seen: Collection[int]
    ) -> None:
        """Show beside the time what is planned for it, and ask whether to go on.

        Of a meeting that is not `seen` by the person only host and time are told.
        """
        for one in clashes:
            text = _("At that time {host} has another meeting, {starts} to {ends}.")
            if one.pk in seen:
                text = _("At that time: “{meeting}” with {lead}, {starts} to {ends}.")
            told = text.format(
                meeting=one,
                lead=one.lead,
                host=one.host or _("the host"),
                starts=_local(one.starts_at, "D j M, H:i"),
                ends=_local(one.ends_at, "H:i"),
            )
            self.add_error("starts_at", told)
        free_at = _local(max(one.ends_at for one in clashes), "H:i")
        advice = _("Choose another time, from {time} on, or tick the box below.")
        self.add_error("starts_at", advice.format(time=free_at))
        self.fields["anyway"].widget = forms.CheckboxInput()

    def tell_changed(self, meeting: Meeting) -> None:
        """Show what somebody made of the meeting; what was typed stays, to be saved."""
        text = _(
            "Somebody changed this meeting meanwhile. It is now “{meeting}”, {starts} "
            "to {ends}. Save again to put what stands here instead."
        )
        told = text.format(
            meeting=meeting,
            starts=_local(meeting.starts_at, "D j M, H:i"),
            ends=_local(meeting.ends_at, "H:i"),
        )
        self.add_error("starts_at", told)

    @property
    def plan(self) -> Plan:
        """What was typed, once it is valid; somebody named twice is invited once."""
        typed = self.cleaned_data
        ours = [self.by_id[pk] for pk in typed["people"]]
        guests = [Invited(one.email, str(one), one.pk) for one in ours]
        guests += [Invited(address) for address in typed["addresses"]]
        by_address = {one.email.casefold(): one for one in reversed(guests)}
        return Plan(
            title=typed["title"],
            starts_at=typed["starts_at"],
            minutes=typed["minutes"],
            place=typed["place"],
            words=typed["words"],
            guests=list(reversed(by_address.values())),
        )
