"""A recycled lead does not bounce to the rep who said no, unless it asks for sales."""

from datetime import timedelta

import pytest

from handoff import lifecycle
from handoff.choices import ReasonEffect, RoutedBy
from handoff.models import RoutingPlan
from handoff.routing import offers
from leads import lifecycle as leads_lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Move
from leads.models import Standing
from leads.nurture import recycling
from scoring.choices import ModelStatus
from tests.handoff.factories import ReasonFactory
from tests.leads.factories import (
    NOON,
    AccountFactory,
    LeadFactory,
    RepFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def team(workspace):
    return TeamFactory(is_default=True)


def route(lead, now=NOON):
    (made,) = offers.route_leads(lead_ids=[lead.pk], now=now)
    return made


def rejected_for(days, lead, now=NOON):
    """Its rep says no, and the lead comes back so many days later."""
    handoff = route(lead, now)
    reason = ReasonFactory(recycle_days=days)
    lifecycle.reject(
        handoff=handoff, reason=reason, note="", actor=handoff.rep, now=now
    )
    return handoff


def comes_back(lead, *, now, cause=Cause.SCORE):
    recycling.return_recycled(now=now)
    leads_lifecycle.move(wanted=Move(lead.pk, Stage.SQL, cause, now), now=now)
    return route(lead, now)


@pytest.mark.parametrize(("days", "is_theirs"), [(10, False), (30, True)])
def test_who_said_no_lately_is_not_offered_the_lead_again(team, days, is_theirs):
    first = RepFactory(team=team)
    lead = LeadFactory(stage=Stage.SQL, account=AccountFactory(owner=first.user))
    said_no = rejected_for(days, lead)
    other = RepFactory(team=team)

    made = comes_back(lead, now=NOON + days * DAY)

    assert said_no.rep == first.user
    assert made.rep == (first.user if is_theirs else other.user)
    assert made.cycle == Standing.objects.get(lead=lead).cycle == 2
    skipped = [one["skipped"] for one in made.trace["passed_over"]]
    assert skipped == ([] if is_theirs else ["said_no"])


def test_a_lead_that_asks_for_sales_goes_to_whoever_it_was_with(team):
    first = RepFactory(team=team)
    lead = LeadFactory(stage=Stage.SQL, account=AccountFactory(owner=first.user))
    rejected_for(10, lead)
    RepFactory(team=team)

    made = comes_back(lead, now=NOON + 10 * DAY, cause=Cause.FAST_TRACK)

    assert made.rep == first.user


def test_with_nobody_else_the_lead_waits_in_the_pool(team):
    RepFactory(team=team)
    lead = LeadFactory(stage=Stage.SQL)
    rejected_for(10, lead)

    made = comes_back(lead, now=NOON + 10 * DAY)

    assert (made.rep, made.trace["routed_by"]) == (None, RoutedBy.NOBODY_FREE)


def test_the_plan_says_for_how_long_and_another_reps_lead_is_no_refusal(team):
    rep = RepFactory(team=team)
    plan = RoutingPlan.objects.filter(status=ModelStatus.ACTIVE)
    plan.update(cool_off_days=5)
    lead = LeadFactory(stage=Stage.SQL)
    rejected_for(10, lead)

    assert comes_back(lead, now=NOON + 10 * DAY).rep == rep.user

    plan.update(cool_off_days=30)
    misrouted = LeadFactory(stage=Stage.SQL)
    handoff = route(misrouted)
    reason = ReasonFactory(effect=ReasonEffect.REROUTE)
    lifecycle.reject(handoff=handoff, reason=reason, note="", actor=rep.user, now=NOON)
    wanted = Move(misrouted.pk, Stage.MQL, Cause.PERSON, NOON + DAY)
    leads_lifecycle.move(wanted=wanted, now=NOON + DAY)
    Standing.objects.filter(pk=misrouted.pk).update(cycle=2)

    assert comes_back(misrouted, now=NOON + 2 * DAY).rep == rep.user
