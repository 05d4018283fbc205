"""The shape of what marketers type about segments; a form cleans, it does not save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.nurture.choices import SegmentKind
from leads.nurture.models import Segment
from leads.text import name_key

MOST_ADDRESSES = 5_000


class SegmentForm(forms.Form):
    """Name and kind of a segment; its conditions are a form of their own."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Such as “Hospitals in Germany”.")
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=300,
        required=False,
        help_text=_("What it is for; for you and your colleagues."),
    )
    kind = forms.ChoiceField(label=_("Who is in it"), choices=SegmentKind)

    def __init__(
        self, data: Any = None, *, segment: Segment | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.segment = segment
        if segment is not None:
            del self.fields["kind"]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name_key(name):
            raise forms.ValidationError(_("Use some letters or digits."))
        others = Segment.objects.filter(name_key=name_key(name))
        if self.segment is not None:
            others = others.exclude(pk=self.segment.pk)
        if others.exists():
            raise forms.ValidationError(
                _("Another segment has this name, perhaps an archived one.")
            )
        return name

    def clean_kind(self) -> SegmentKind:
        return SegmentKind(self.cleaned_data["kind"])


class AddressesForm(forms.Form):
    """E-mail addresses of leads, one a line or apart by commas."""

    addresses = forms.CharField(
        label=_("E-mail addresses"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, or apart by commas."),
    )

    def clean_addresses(self) -> list[str]:
        text = self.cleaned_data["addresses"].replace(",", "\n").replace(";", "\n")
        found = list(
            dict.fromkeys(line.strip() for line in text.split("\n") if line.strip())
        )
        if len(found) > MOST_ADDRESSES:
            message = _("Give at most {count} addresses at once.")
            raise forms.ValidationError(message.format(count=MOST_ADDRESSES))
        return found
