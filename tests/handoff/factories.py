"""The smallest valid rows of `handoff`; a test names only what it asserts on."""

from datetime import timedelta

import factory

from handoff.choices import DealEnd, ReasonCategory, ReasonEffect, TaskKind
from handoff.models import Deal, DealReason, Handoff, RejectionReason, Task
from leads import lifecycle
from leads.choices import Role, Stage
from tests.leads.factories import (
    NOON,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)


class ReasonFactory(factory.django.DjangoModelFactory):
    """A reason that sends a lead back to nurture for 90 days."""

    class Meta:
        model = RejectionReason

    key = factory.Sequence(lambda n: f"reason-{n}")
    label = factory.Sequence(lambda n: f"Reason {n}")
    category = ReasonCategory.TIMING
    effect = ReasonEffect.RECYCLE


class HandoffFactory(factory.django.DjangoModelFactory):
    """A lead waiting for a rep since noon; `HandoffFactory(rep=None)` is in the pool.

    `rep` is a `Rep`; the row holds the rep's person.
    """

    class Meta:
        model = Handoff

    lead = factory.SubFactory(LeadFactory, stage=Stage.SQL)
    cycle = 1
    rep = factory.SubFactory(RepFactory)
    team = factory.LazyAttribute(lambda h: h.rep.team if h.rep else TeamFactory())
    routed_at = NOON
    assigned_at = NOON
    due_at = NOON + timedelta(hours=24)

    @classmethod
    def _create(cls, model_class, *args, rep, **fields):
        user = rep.user if rep else None
        lifecycle.assign(lead=fields["lead"], owner=user, team=fields["team"])
        return super()._create(model_class, *args, rep=user, **fields)


class DealFactory(factory.django.DjangoModelFactory):
    """An open deal of a lead in opportunity."""

    class Meta:
        model = Deal

    lead = factory.SubFactory(LeadFactory, stage=Stage.OPPORTUNITY)
    name = "Fleet licence"
    opened_at = NOON


class DealReasonFactory(factory.django.DjangoModelFactory):
    """A reason to lose a deal."""

    class Meta:
        model = DealReason

    end = DealEnd.LOST
    label = "Price"


class TaskFactory(factory.django.DjangoModelFactory):
    """A call to make for an accepted lead within a day from noon."""

    class Meta:
        model = Task

    lead = factory.SubFactory(LeadFactory, stage=Stage.ACCEPTED)
    title = "Call about the offer"
    kind = TaskKind.CALL
    due_at = NOON + timedelta(hours=24)
    made_at = NOON


def owned_lead(user, stage=Stage.ACCEPTED, **fields):
    """A lead in this stage that belongs to this rep."""
    lead = LeadFactory(stage=stage, **fields)
    lifecycle.assign(lead=lead, owner=user, team=user.rep.team)
    lead.standing.refresh_from_db()
    return lead


def manager():
    return UserFactory(role=Role.MANAGER)
