"""What moves many leads at once, and gives them to a rep: sales has a say in both."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff import lifecycle
from handoff.desk import reassigning, working
from handoff.models import Handoff
from leads import lifecycle as leads_lifecycle
from leads.choices import Cause, Stage
from leads.forms import until_of
from leads.lifecycle import LEFT_BY_SALES, Move
from leads.models import Rep, Standing, User
from leads.nurture.bulk.registry import (
    BulkDeedError,
    BulkForm,
    Deed,
    Outcome,
    Wish,
)
from scoring.engagement import scores_of

# Where a person moves some lead or other by hand.
TARGETS = (
    Stage.NEW,
    Stage.IQL,
    Stage.MQL,
    Stage.SQL,
    Stage.RECYCLED,
    Stage.DISQUALIFIED,
)


class MoveManyForm(BulkForm):
    """Where to, why, and how long automation stays away."""

    to = forms.ChoiceField(
        label=gettext_lazy("Move to"),
        choices=[(stage.value, stage.label) for stage in TARGETS],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept in the history of each lead."),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "In nurture: the score leaves the leads alone until then, or until they "
            "are released. Recycled: the day on which nurture takes them up again."
        ),
    )

    def clean_until(self) -> datetime | None:
        is_recycling = self.cleaned_data.get("to") == Stage.RECYCLED
        return until_of(
            self.cleaned_data["until"], is_recycling=is_recycling, now=self.now
        )

    @property
    def wish(self) -> dict[str, Any]:
        until = self.cleaned_data["until"]
        return {
            "to": self.cleaned_data["to"],
            "reason": self.cleaned_data["reason"],
            "until": until.isoformat() if until else None,
        }

    @property
    def in_words(self) -> str:
        stage = Stage(self.cleaned_data["to"]).label
        return _("Move to “{stage}”").format(stage=stage)


class AssignForm(BulkForm):
    """To which rep, and why."""

    rep = forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        queryset=Rep.objects.filter(user__is_active=True).select_related(
            "user", "team"
        ),
        empty_label=gettext_lazy("Choose a rep"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("The reps read it with each lead."),
    )

    @property
    def wish(self) -> dict[str, Any]:
        rep, reason = self.cleaned_data["rep"], self.cleaned_data["reason"]
        return {"rep": rep.pk, "reason": reason}

    @property
    def in_words(self) -> str:
        return _("Give to {rep}").format(rep=self.cleaned_data["rep"].user)


def move(*, lead_ids: Sequence[int], wish: Wish, actor: User, now: datetime) -> Outcome:
    """Move them by the table of moves; out of the queue of sales is to withdraw."""
    to, until = Stage(wish["to"]), wish["until"]
    until = datetime.fromisoformat(until) if until else None
    refused: dict[int, str] = {}
    # All at once and upwards, before it is asked which of them are offered.
    leads_lifecycle.locked(sorted(lead_ids))
    if to == Stage.MQL:
        refused = lifecycle.withdraw_many(
            lead_ids=lead_ids, reason=wish["reason"], actor=actor, now=now
        )
    rest = [pk for pk in lead_ids if pk not in refused]
    scores = scores_of(
        standings=Standing.objects.filter(pk__any_of=rest).order_by("pk"), now=now
    )
    moved, not_moved = leads_lifecycle.move_many_by_hand(
        wanted=(
            Move(pk, to, Cause.PERSON, now, actor, wish["reason"], score=scores[pk])
            for pk in rest
            if pk in scores
        ),
        until=until,
        now=now,
    )
    return Outcome(len(moved), refused | not_moved)


def assign(
    *, lead_ids: Sequence[int], wish: Wish, actor: User, now: datetime
) -> Outcome:
    """Give them to the rep; what waits for a decision is reassigned with its offer."""
    rep = Rep.objects.filter(pk=wish["rep"], user__is_active=True).first()
    if rep is None:
        raise BulkDeedError(_("This rep is not there any more."))
    reason = wish.get("reason", "")
    standings = leads_lifecycle.locked(sorted(lead_ids))
    moved, refused = reassigning.reassign_held(
        lead_ids=lead_ids, rep=rep, reason=reason, actor=actor, now=now
    )
    open_offers = Handoff.objects.pending().filter(lead__any_of=lead_ids)
    offered = set(open_offers.order_by().values_list("lead", flat=True))
    going = list[int]()
    for standing in standings:
        if standing.pk in offered:
            continue
        if why := _not_assigned(standing):
            refused[standing.pk] = why
        elif standing.owner_id != rep.user_id:
            going.append(standing.pk)
    if going:
        working.give(lead_ids=going, rep=rep, reason=reason, actor=actor, now=now)
    return Outcome(len(moved) + len(going), refused)


def _not_assigned(standing: Standing) -> str:
    """Why nobody gives this lead, which waits for no decision; empty where one may."""
    if standing.stage in LEFT_BY_SALES:
        return _("Not with sales: nobody owns it.")
    if standing.stage == Stage.SQL:
        return _("Routing is about to give it to a rep.")
    return ""


MOVE = Deed(MoveManyForm, "leads.move_lead", "arrow-right", move)
ASSIGN = Deed(AssignForm, "handoff.manage_handoffs", "user-check", assign)
