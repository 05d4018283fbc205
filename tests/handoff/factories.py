"""The smallest valid rows of `handoff`; a test names only what it asserts on."""

from datetime import timedelta

import factory

from handoff.choices import ReasonCategory, ReasonEffect
from handoff.models import Deal, Handoff, Notice, RejectionReason
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


class NoticeFactory(factory.django.DjangoModelFactory):
    """The message to the rep of a hand-off, due since noon."""

    class Meta:
        model = Notice

    handoff = factory.SubFactory(HandoffFactory)
    person = factory.LazyAttribute(lambda notice: notice.handoff.rep)
    not_before = NOON


class DealFactory(factory.django.DjangoModelFactory):
    """An open deal of a lead in opportunity."""

    class Meta:
        model = Deal

    lead = factory.SubFactory(LeadFactory, stage=Stage.OPPORTUNITY)
    name = "Fleet licence"
    opened_at = NOON


def manager():
    return UserFactory(role=Role.MANAGER)
