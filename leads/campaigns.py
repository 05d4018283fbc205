"""Campaigns: what they cost, who belongs to one, and what came of it.

A lead *came by* a campaign that stands in its particulars, and is *touched* by one of
which it did something. Costs are of leads that came by it: a lead came by one campaign
at most, so the costs of all sum up; touches do not.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils.translation import gettext as _

from leads import activities
from leads.choices import OUTBOUND_KINDS, ActivityKind, MemberStatus, Stage
from leads.models import Activity, Campaign, CampaignMember, Lead, StageChange, User
from leads.querysets import LeadQuerySet
from leads.text import name_key

SETTINGS = ("name", "channel", "starts_on", "ends_on", "cost", "currency")
# What a campaign may bring a lead to, on its way up.
REACHED = (
    Stage.IQL,
    Stage.MQL,
    Stage.SQL,
    Stage.ACCEPTED,
    Stage.OPPORTUNITY,
    Stage.CUSTOMER,
)
# For which a cost of one is told.
COSTED = (Stage.MQL, Stage.SQL, Stage.CUSTOMER)
ATTENDED = (ActivityKind.WEBINAR_ATTENDED, ActivityKind.EVENT_VISITED)
# Said by a person, these hold whatever the lead does.
FINAL = (MemberStatus.ATTENDED, MemberStatus.DECLINED)
# What an outbound touch or an unsubscribing reader did is no interest.
NOT_INTEREST = (
    *OUTBOUND_KINDS,
    ActivityKind.EMAIL_BOUNCED,
    ActivityKind.UNSUBSCRIBED,
)
BATCH = 500


class CampaignError(Exception):
    """The campaign cannot be saved so; `field` is where, the message why."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass
class Outcome:
    """What came of one campaign: leads that came by it, and how far they came.

    by_stage and influenced: distinct leads that entered the stage, ever; those of
    `influenced` after they were touched by it first.
    """

    campaign: Campaign
    came: int = 0
    by_stage: dict[Stage, int] = field(
        default_factory=lambda: dict.fromkeys(REACHED, 0)
    )
    influenced: dict[Stage, int] = field(
        default_factory=lambda: dict.fromkeys(REACHED, 0)
    )

    def cost_of(self, stage: Stage) -> Decimal | None:
        """What one lead of the stage cost, to the cent; None of none."""
        return each(self.campaign.cost, self.by_stage[stage])

    @property
    def costs(self) -> list[Decimal | None]:
        """The same for `COSTED`, in its order."""
        return [self.cost_of(stage) for stage in COSTED]


def each(cost: Decimal | None, count: int) -> Decimal | None:
    """The cost of one of so many, to the cent; None where there is none."""
    if cost is None or not count:
        return None
    return (cost / count).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@transaction.atomic
def save(*, campaign: Campaign | None, said: Mapping[str, Any]) -> Campaign:
    """Write a campaign, or make one; under another name its leads are scored anew.

    Raises:
        CampaignError: another has this name, or it ends before it starts.
    """
    _check_dates(said["starts_on"], said["ends_on"])
    saved = campaign or Campaign()
    before = saved.name_key
    for name in SETTINGS:
        setattr(saved, name, said[name])
    saved.name_key = name_key(saved.name)
    written = [*SETTINGS, "name_key"] if campaign else None
    try:
        with transaction.atomic():
            saved.save(update_fields=written)
    except IntegrityError as error:
        raise CampaignError("name", _("Another campaign has this name.")) from error
    if before and before != saved.name_key:
        concerned = Lead.objects.filter(pk__in=_touched_or_came(saved)).order_by("pk")
        activities.mark_stale(lead_ids=[*concerned.values_list("pk", flat=True)])
    return saved


@transaction.atomic
def put(
    *,
    campaign: Campaign,
    leads: LeadQuerySet,
    status: MemberStatus,
    actor: User | None,
    now: datetime,
) -> int:
    """Say how far these leads are with the campaign; how many there are."""
    lead_ids = list(leads.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(lead_ids), BATCH):
        CampaignMember.objects.bulk_create(
            [
                CampaignMember(
                    campaign=campaign,
                    lead_id=lead_id,
                    status=status,
                    added_by=actor,
                    added_at=now,
                )
                for lead_id in lead_ids[start : start + BATCH]
            ],
            update_conflicts=True,
            unique_fields=["campaign", "lead"],
            update_fields=["status", "added_by", "added_at"],
        )
    return len(lead_ids)


@transaction.atomic
def take_back(*, campaign: Campaign, leads: LeadQuerySet) -> int:
    """Forget what people said of these leads and the campaign; of how many."""
    gone, _by_table = campaign.members.filter(
        lead__in=leads.order_by().values("pk")
    ).delete()
    return gone


def members(campaign: Campaign) -> LeadQuerySet:
    """Who belongs to it, each with `member_status`."""
    said = CampaignMember.objects.filter(campaign=campaign, lead=OuterRef("pk"))
    theirs = _interest().filter(campaign=campaign, lead=OuterRef("pk"))
    came = Q(campaign=campaign)
    status = Case(
        When(
            Exists(said.filter(status__in=FINAL)), then=Subquery(said.values("status"))
        ),
        When(
            Exists(theirs.filter(kind__in=ATTENDED)), then=Value(MemberStatus.ATTENDED)
        ),
        When(came | Q(Exists(theirs)), then=Value(MemberStatus.RESPONDED)),
        When(Exists(said), then=Subquery(said.values("status"))),
        default=Value(MemberStatus.INVITED),
        output_field=CharField(),
    )
    found = Lead.objects.living().filter(pk__in=_touched_or_came(campaign))
    return found.annotate(member_status=status)


def outcomes(campaigns: Iterable[Campaign]) -> list[Outcome]:
    """What came of each, in the given order; two queries."""
    found = {one.pk: Outcome(one) for one in campaigns}
    came = Lead.objects.filter(campaign__in=found).order_by().values_list("campaign")
    for pk, count in came.annotate(count=Count("pk")):
        found[pk].came = count
    entered = _entries().filter(lead__campaign__in=found)
    counts = entered.values_list("lead__campaign", "to_stage")
    for pk, stage, count in counts.annotate(count=Count("lead", distinct=True)):
        found[pk].by_stage[Stage(stage)] = count
    return list(found.values())


def outcome(campaign: Campaign) -> Outcome:
    """The same of one, with the stages that it influenced; three queries."""
    (found,) = outcomes([campaign])
    touches = _interest().filter(campaign=campaign)
    before = touches.filter(lead=OuterRef("lead"), occurred_at__lte=OuterRef("at"))
    entered = _entries().filter(lead__in=touches.order_by().values("lead"))
    counts = entered.filter(Exists(before)).values_list("to_stage")
    for stage, count in counts.annotate(count=Count("lead", distinct=True)):
        found.influenced[Stage(stage)] = count
    return found


def totals(found: Iterable[Outcome]) -> dict[str, Decimal]:
    """What these cost together, by currency."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in found:
        if one.campaign.cost is not None:
            sums[one.campaign.currency] += one.campaign.cost
    return dict(sums)


def _entries() -> QuerySet[StageChange]:
    return StageChange.objects.filter(to_stage__in=REACHED, is_undone=False).order_by()


def _interest() -> QuerySet[Activity]:
    """What leads did themselves."""
    return Activity.objects.filter(is_machine=False).exclude(kind__in=NOT_INTEREST)


def _touched_or_came(campaign: Campaign) -> QuerySet[Any, Any]:
    """The ids of all leads that belong to it in any way, each found by an index."""
    came = Lead.objects.filter(campaign=campaign).order_by().values("pk")
    touched = Activity.objects.filter(campaign=campaign).order_by().values("lead")
    said = campaign.members.order_by().values("lead")
    return came.union(touched, said)


def _check_dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise CampaignError("ends_on", _("It ends before it starts."))
