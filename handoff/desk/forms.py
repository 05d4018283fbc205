"""The shape of reasons, and of moving work; a form cleans, it does not save."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from handoff.desk.reasons import FIELDS
from handoff.forms import QueueFilter
from handoff.models import RejectionReason
from leads.models import Rep

MOST_DAYS = 3_650
MOST_ATTEMPTS = 50


class ReasonForm(forms.ModelForm):
    """One reason; its label is unlike any other that is in use."""

    recycle_days = forms.IntegerField(
        label=_("Days in nurture"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=90,
        help_text=_("Where the effect sends the lead back to nurture."),
    )
    min_attempts = forms.IntegerField(
        label=_("Attempts before it may be chosen"),
        min_value=0,
        max_value=MOST_ATTEMPTS,
        initial=0,
        help_text=_("Logged calls, e-mails and meetings since the offer."),
    )

    class Meta:
        model = RejectionReason
        fields = FIELDS

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"].strip()
        others = RejectionReason.objects.filter(is_on=True).exclude(pk=self.instance.pk)
        known = others.values_list("label", flat=True)
        if label.casefold() in {one.casefold() for one in known}:
            raise forms.ValidationError(_("There is a reason of this name."))
        return label


class _TakerField(forms.ModelChoiceField):
    """A rep with the team and the room that is left."""

    def label_from_instance(self, rep: Rep) -> str:
        text = gettext("{rep} · {team} · {waiting} of {capacity} waiting")
        return text.format(
            rep=rep,
            team=rep.team,
            waiting=rep.waiting,  # type: ignore[attr-defined]
            capacity=rep.capacity,
        )


class CoverForm(forms.Form):
    """To whom the open hand-offs of a rep go, and why; who is away takes none."""

    to = _TakerField(
        label=_("Give them to"),
        queryset=Rep.objects.none(),
        required=False,
        empty_label=_("The whole team, the least loaded first"),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.TextInput,
        help_text=_("The reps read it: “On holiday until Monday”."),
    )

    def __init__(self, data: Any = None, *, takers: QuerySet[Rep]) -> None:
        super().__init__(data)
        self.fields["to"].queryset = takers  # type: ignore[attr-defined]


BY_ROUTING = "routing"


class ShareForm(forms.Form):
    """To whom several hand-offs would go: one rep, or whoever routing names."""

    to = forms.ChoiceField(label=_("To whom"), required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.reps = {
            str(rep.pk): rep
            for rep in Rep.objects.filter(user__is_active=True)
            .select_related("user", "team")
            .order_by("team__name", "user__name", "pk")
        }
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose…")),
            (BY_ROUTING, _("By the routing plan")),
            *((pk, f"{rep} · {rep.team}") for pk, rep in self.reps.items()),
        ]

    def clean_to(self) -> Rep | str:
        """The rep, `BY_ROUTING`, or nothing."""
        to: str = self.cleaned_data["to"]
        return self.reps.get(to, to)


class WorkShareForm(ShareForm):
    """To which rep several leads at work would go; routing has no say in them."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = self.fields["to"].choices  # type: ignore[attr-defined]
        by_rep = [one for one in choices if one[0] != BY_ROUTING]
        self.fields["to"].choices = by_rep  # type: ignore[attr-defined]

    def clean_to(self) -> Rep | None:  # type: ignore[override]
        """The rep, or nobody yet."""
        return self.reps.get(self.cleaned_data["to"])


class WorkFilter(QueueFilter):
    """Whose leads at work to see; anything else chooses nothing."""

    @property
    def condition(self) -> Q:
        """What is chosen, as a condition on leads."""
        if not self.is_valid():
            return Q()
        chosen = Q()
        if self.cleaned_data["team"]:
            chosen &= Q(standing__team=self.cleaned_data["team"])
        if self.cleaned_data["owner"]:
            chosen &= Q(standing__owner=self.cleaned_data["owner"].user_id)
        return chosen


class GiveForm(forms.Form):
    """Why several leads go to others."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("The reps read it: “Ana is in hospital until May”."),
    )
