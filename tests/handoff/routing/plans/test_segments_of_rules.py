"""Rules of routing may ask in which segments a lead is."""

import pytest
from django.utils import timezone

from handoff.routing import offers
from handoff.routing.plans import wording
from leads.choices import Stage
from leads.nurture import segments
from tests.handoff.routing.plans.factories import active, named
from tests.leads.factories import (
    NOON,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)
from tests.nurture.factories import SegmentFactory, leaf

pytestmark = pytest.mark.django_db


def reps_of(*leads):
    made = offers.route_leads(lead_ids=[one.pk for one in leads], now=NOON)
    return {one.lead_id: one.rep for one in made}


def test_a_rule_asks_for_segments_by_conditions_and_chosen_by_hand():
    usual = RepFactory(team=TeamFactory(is_default=True))
    warm, met = RepFactory(), RepFactory()
    SegmentFactory(name="From a fair", conditions=leaf("source", "is", "fair"))
    chosen = SegmentFactory(name="Met by hand")
    plan = active()
    first = leaf("segment", "is", "FROM a Fair")
    rule = named(warm, plan=plan, position=1, conditions=first)
    named(met, plan=plan, position=2, conditions=leaf("segment", "is", "Met by hand"))
    fair, picked, other = (
        LeadFactory(stage=Stage.SQL, source=source) for source in ("fair", "web", "web")
    )
    leads = type(fair).objects.filter(pk=picked.pk)
    segments.add(segment=chosen, leads=leads, actor=UserFactory(), now=timezone.now())

    reps = reps_of(fair, picked, other)

    assert reps == {fair.pk: warm.user, picked.pk: met.user, other.pk: usual.user}
    assert wording.tree(rule) == "Segment is FROM a Fair"


@pytest.mark.parametrize("operator", ["is", "is_not"])
def test_a_rule_whose_segment_is_archived_takes_nobody(operator):
    usual = RepFactory(team=TeamFactory(is_default=True))
    SegmentFactory(
        name="Old", conditions=leaf("source", "is", "fair"), archived_at=NOON
    )
    plan = active()
    old = leaf("segment", operator, "Old")
    named(RepFactory(), plan=plan, position=1, conditions=old)
    lead = LeadFactory(stage=Stage.SQL, source="fair")

    assert reps_of(lead) == {lead.pk: usual.user}


def test_a_rule_takes_who_is_outside_of_a_segment():
    usual = RepFactory(team=TeamFactory(is_default=True))
    other = RepFactory()
    SegmentFactory(name="Fair", conditions=leaf("source", "is", "fair"))
    plan = active()
    named(other, plan=plan, position=1, conditions=leaf("segment", "is_not", "Fair"))
    met, unmet = (LeadFactory(stage=Stage.SQL, source=one) for one in ("fair", "web"))

    assert reps_of(met, unmet) == {met.pk: usual.user, unmet.pk: other.user}
