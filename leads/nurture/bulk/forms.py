"""What nurture's deeds for many leads ask for; a form cleans, it does not save."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.choices import MemberStatus
from leads.models import Campaign, Tag
from leads.nurture.bulk.registry import BulkForm
from leads.nurture.choices import SegmentKind
from leads.nurture.models import Programme, Segment
from leads.text import name_key


class EnrolForm(BulkForm):
    """Into which programme."""

    programme = forms.ModelChoiceField(
        label=gettext_lazy("Programme"),
        queryset=Programme.objects.filter(
            started_at__isnull=False, paused_at=None, archived_at=None
        ),
        empty_label=gettext_lazy("Choose a programme that runs"),
    )

    @property
    def wish(self) -> dict[str, Any]:
        return {"programme": self.cleaned_data["programme"].pk}

    @property
    def in_words(self) -> str:
        return _("Enrol in “{name}”").format(name=self.cleaned_data["programme"])


class TagForm(BulkForm):
    """Which tag."""

    tag = forms.CharField(
        label=gettext_lazy("Tag"),
        max_length=50,
        widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off"}),
        help_text=gettext_lazy("One that is there already, or a new one."),
    )

    @property
    def known(self) -> list[str]:
        """The tags to choose from."""
        return list(Tag.objects.order_by("name").values_list("name", flat=True)[:200])

    @property
    def wish(self) -> dict[str, Any]:
        return {"tag": " ".join(self.cleaned_data["tag"].split())}

    @property
    def in_words(self) -> str:
        return _("Add the tag “{name}”").format(name=self.wish["tag"])


class ListForm(BulkForm):
    """Into which segment that is chosen by hand, or a new one of this name."""

    segment = forms.ModelChoiceField(
        label=gettext_lazy("List"),
        queryset=Segment.objects.filter(kind=SegmentKind.LIST, archived_at=None),
        required=False,
        empty_label=gettext_lazy("A new one"),
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the new list"), max_length=100, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("segment") is None and "segment" not in self.errors:
            key = name_key(cleaned.get("name", ""))
            if not key:
                self.add_error("name", _("Choose a list, or name a new one."))
            elif Segment.objects.filter(name_key=key).exists():
                text = _("Another segment has this name, perhaps an archived one.")
                self.add_error("name", text)
        return cleaned

    @property
    def wish(self) -> dict[str, Any]:
        segment = self.cleaned_data["segment"]
        if segment is not None:
            return {"segment": segment.pk}
        return {"name": " ".join(self.cleaned_data["name"].split())}

    @property
    def in_words(self) -> str:
        name = self.cleaned_data["segment"] or self.wish["name"]
        return _("Put into the list “{name}”").format(name=name)


class CampaignForm(BulkForm):
    """Which campaign, and how far they are with it."""

    campaign = forms.ModelChoiceField(
        label=gettext_lazy("Campaign"),
        queryset=Campaign.objects.all(),
        empty_label=gettext_lazy("Choose a campaign"),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        choices=MemberStatus.choices,
        initial=MemberStatus.INVITED,
    )

    @property
    def wish(self) -> dict[str, Any]:
        campaign, status = self.cleaned_data["campaign"], self.cleaned_data["status"]
        return {"campaign": campaign.pk, "status": status}

    @property
    def in_words(self) -> str:
        return _("Add to the campaign “{name}” as {status}").format(
            name=self.cleaned_data["campaign"],
            status=MemberStatus(self.cleaned_data["status"]).label,
        )
