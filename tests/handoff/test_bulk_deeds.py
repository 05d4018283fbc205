import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff import bulk_deeds
from handoff.choices import HandoffStatus
from handoff.desk import given
from handoff.models import Handoff
from handoff.notices import named
from handoff.sla import enforcement
from leads.choices import Cause, Role, Stage
from leads.models import Notification, StageChange, Standing
from tests.handoff.factories import HandoffFactory, TaskFactory, manager
from tests.leads.factories import NOON, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db


def move_back(*leads, actor=None):
    return bulk_deeds.move(
        lead_ids=[lead.pk for lead in leads],
        wish={"to": "mql", "reason": " At the fair ", "until": None},
        actor=actor or UserFactory(role=Role.MARKETER),
        now=NOON,
    )


def test_offers_are_withdrawn_together_by_whom_and_why_and_their_leads_held():
    offers = [HandoffFactory() for _number in range(2)]
    actor = UserFactory(role=Role.MARKETER)

    outcome = move_back(offers[0].lead, offers[1].lead, LeadFactory(), actor=actor)

    assert (outcome.changed, outcome.refused) == (3, {})
    for offer in Handoff.objects.select_related("lead__standing"):
        assert (offer.status, offer.decided_at) == (HandoffStatus.WITHDRAWN, NOON)
        assert (offer.decided_by, offer.note) == (actor, "At the fair")
        assert offer.lead.standing.stage == Stage.MQL
        assert offer.lead.standing.held_since == NOON
    changes = StageChange.objects.filter(lead=offers[0].lead, to_stage=Stage.MQL)
    assert changes.get(cause=Cause.PERSON).actor == actor


def test_a_rep_hears_of_each_offer_that_marketing_withdrew_with_others():
    rep = RepFactory()
    offers = [HandoffFactory(rep=one) for one in (rep, rep, None)]

    move_back(*(one.lead for one in offers), actor=UserFactory(name="Mara Holm"))

    found = Notification.objects.order_by("lead_id").values_list("person", "title")
    assert list(found) == [
        (rep.user_id, f"Mara Holm withdrew {named(one.lead)}, which waited for you")
        for one in offers[:2]
    ]


def test_an_offer_whose_lead_has_left_it_stays_and_says_why():
    offer, other = HandoffFactory(), HandoffFactory()
    Standing.objects.filter(pk=offer.lead_id).update(stage=Stage.ACCEPTED)

    outcome = move_back(offer.lead, other.lead)

    assert outcome.changed == 1
    assert "no longer offered" in outcome.refused[offer.lead_id]
    offer.refresh_from_db()
    assert offer.status == HandoffStatus.PENDING


def test_ten_offers_are_withdrawn_with_as_many_queries_as_one(
    django_assert_num_queries,
):
    actor = UserFactory(role=Role.MARKETER)
    move_back(HandoffFactory().lead, actor=actor)
    leads = [HandoffFactory().lead for _number in range(11)]
    with CaptureQueriesContext(connection) as for_one:
        move_back(leads[0], actor=actor)

    with django_assert_num_queries(len(for_one)):
        move_back(*leads[1:], actor=actor)


def give(rep, *leads, actor):
    return bulk_deeds.assign(
        lead_ids=[lead.pk for lead in leads],
        wish={"rep": rep.pk, "reason": "On holiday"},
        actor=actor,
        now=NOON,
    )


def test_offers_are_given_away_together_as_one_alone_is():
    actor, rep = manager(), RepFactory()
    offers = [HandoffFactory() for _number in range(2)]
    pooled, own = HandoffFactory(rep=None), HandoffFactory(rep=rep)
    enforcement.enforce(now=NOON)
    task = TaskFactory(lead=offers[0].lead, rep=offers[0].rep)
    former = offers[0].rep

    outcome = give(rep, *(one.lead for one in (*offers, pooled, own)), actor=actor)

    assert (outcome.changed, outcome.refused) == (3, {})
    for offer in (*offers, pooled):
        offer.refresh_from_db()
        assert (offer.rep, offer.team, offer.assigned_at) == (rep.user, rep.team, NOON)
        assert offer.lead.standing.owner == rep.user
        assert offer.trace["reassigned"][0]["reason"] == "On holiday"
        assert offer.clocks.get().expire_at is None
    task.refresh_from_db()
    assert task.rep == rep.user
    kinds = Notification.objects.values_list("person", "kind")
    assert [*kinds.filter(person=former)] == [(former.pk, "handoff_moved")]
    assert kinds.filter(person=rep.user).count() == 3
    (given_now,) = given.lately(now=NOON)
    assert (given_now.reason, given_now.may_be_undone) == ("On holiday", True)


def test_ten_offers_are_given_away_with_as_many_queries_as_one(
    django_assert_num_queries,
):
    actor, rep = manager(), RepFactory()
    give(rep, HandoffFactory().lead, actor=actor)
    leads = [HandoffFactory().lead for _number in range(11)]
    enforcement.enforce(now=NOON)
    with CaptureQueriesContext(connection) as for_one:
        give(rep, leads[0], actor=actor)

    with django_assert_num_queries(len(for_one)):
        give(rep, *leads[1:], actor=actor)
