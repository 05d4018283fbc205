"""What happens is owed to the webhooks that want it, in the same transaction."""

import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from leads import bells, lifecycle, merging, outbox, webhooks
from leads.choices import Cause, Role, Stage, WebhookKind
from leads.lifecycle import Move
from leads.models import WebhookDelivery
from tests.leads.factories import (
    NOON,
    AccountFactory,
    EndpointFactory,
    LeadFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def told(kind):
    rows = WebhookDelivery.objects.filter(kind=kind).order_by("pk")
    return [json.loads(row.body) for row in rows]


def moves(leads, to=Stage.MQL):
    return [Move(lead.pk, to, Cause.SCORE, NOON) for lead in leads]


def test_a_new_lead_is_told_with_who_it_is(settings):
    EndpointFactory()

    lead = LeadFactory(email="maya@northwind.example", account=AccountFactory(name="N"))

    [payload] = told(WebhookKind.LEAD_CREATED)
    assert payload["type"] == "lead.created"
    assert payload["timestamp"] == NOON.isoformat()
    assert payload["data"]["stage"] == "new"
    assert payload["data"]["lead"] | {"last_name": ""} == {
        "id": lead.pk,
        "external_id": "",
        "source_system": "",
        "email": "maya@northwind.example",
        "first_name": "Maya",
        "last_name": "",
        "title": "",
        "company": "N",
        "source": "",
        "url": f"{settings.SITE_URL}/leads/{lead.pk}/",
    }


def test_a_move_over_several_stages_is_one_event():
    lead, person = LeadFactory(), UserFactory(role=Role.MANAGER)
    EndpointFactory()

    wanted = Move(lead.pk, Stage.SQL, Cause.PERSON, NOON, person, "They called")
    lifecycle.move(wanted=wanted, now=NOON)

    [payload] = told(WebhookKind.STAGE_CHANGED)
    del payload["data"]["lead"]
    assert payload["data"] == {
        "from": "new",
        "to": "sql",
        "cause": "person",
        "reason": "They called",
        "by": person.email,
        "cycle": 1,
    }


def test_only_whoever_wants_a_kind_is_told_of_it():
    EndpointFactory(kinds=["deal.won"])
    EndpointFactory(is_on=False)
    EndpointFactory(removed_at=NOON)
    wanting = [EndpointFactory(kinds=["lead.created"]) for _each in range(2)]

    LeadFactory()

    owed = WebhookDelivery.objects.order_by("endpoint")
    assert [row.endpoint for row in owed] == wanting
    assert len({row.message_id for row in owed}) == 2


def test_what_is_rolled_back_is_not_told():
    EndpointFactory()

    with transaction.atomic():
        LeadFactory()
        transaction.set_rollback(True)

    assert not WebhookDelivery.objects.exists()


def test_many_moves_cost_no_more_queries_than_one():
    leads = [LeadFactory() for _each in range(31)]
    EndpointFactory()
    with CaptureQueriesContext(connection) as for_one:
        lifecycle.move_many(wanted=moves(leads[:1]), now=NOON)

    with CaptureQueriesContext(connection) as for_many:
        lifecycle.move_many(wanted=moves(leads[1:]), now=NOON)

    assert WebhookDelivery.objects.count() == 31
    assert len(for_many) == len(for_one)


def test_where_nobody_wants_it_no_event_is_made(django_assert_num_queries):
    EndpointFactory(kinds=["deal.won"])
    unmade = (1 / 0 for _each in range(1))

    with django_assert_num_queries(1):
        owed = outbox.tell(kind=WebhookKind.STAGE_CHANGED, events=unmade)

    assert owed == 0


def test_the_bell_rings_only_where_something_is_owed(monkeypatch):
    rung = []
    monkeypatch.setattr(bells, "ring", rung.append)

    LeadFactory()
    assert "webhooks_owed" not in rung

    EndpointFactory()
    LeadFactory()
    assert "webhooks_owed" in rung


def test_an_undone_move_and_a_merge_are_told_too():
    kept, merged = LeadFactory(), LeadFactory(stage=Stage.MQL)
    actor = UserFactory(role=Role.MANAGER)
    EndpointFactory(kinds=["lead.stage_changed"])

    merging.merge(kept=kept, merged=merged, chosen={}, actor=actor, now=NOON)
    lifecycle.move(wanted=Move(kept.pk, Stage.SQL, Cause.PERSON, NOON), now=NOON)
    lifecycle.move(wanted=Move(kept.pk, Stage.ACCEPTED, Cause.DECISION, NOON), now=NOON)
    lifecycle.undo(lead_id=kept.pk, cause=Cause.DECISION, actor=actor, now=NOON)

    seen = [payload["data"] for payload in told(WebhookKind.STAGE_CHANGED)]
    assert [(data["from"], data["to"], data["cause"]) for data in seen] == [
        ("new", "mql", "merge"),
        ("mql", "sql", "person"),
        ("sql", "accepted", "decision"),
        ("accepted", "sql", "undo"),
    ]


def test_old_deliveries_are_forgotten_by_when_they_were_made():
    EndpointFactory()
    LeadFactory(stage_at=NOON - webhooks.KEPT_FOR * 3)
    made_at = WebhookDelivery.objects.get().made_at

    assert webhooks.forget(now=made_at + webhooks.KEPT_FOR / 2) == 0
    assert webhooks.forget(now=made_at + webhooks.KEPT_FOR * 2) == 1
