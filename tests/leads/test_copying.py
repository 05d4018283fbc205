from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from leads import copying
from leads.choices import ActivityKind
from leads.models import Activity, Lead, Standing, WebhookDelivery
from tests.leads.factories import NOON, EndpointFactory, LeadFactory

pytestmark = pytest.mark.django_db
ODD = ["a\tb", "a\nb\r\n", "\\N", "\\", "", "ünïcode ✓", "'; --", "\\."]


def test_odd_texts_and_json_come_back_as_they_were_written():
    keys = copying.new_keys(Lead, len(ODD))
    rows = [
        (key, text, {"text": text, "list": [1, None]}, None)
        for key, text in zip(keys, ODD, strict=True)
    ]

    copying.insert(Lead, ("id", "title", "custom", "account_id"), rows)

    leads = Lead.objects.order_by("pk")
    assert [lead.title for lead in leads] == ODD
    assert [lead.custom["text"] for lead in leads] == ODD
    assert {lead.account for lead in leads} == {None}


def test_keys_are_new_also_after_other_rows_came_and_went():
    LeadFactory()
    LeadFactory().delete()

    keys = copying.new_keys(Lead, 2)
    copying.insert_objects(Lead, [Lead(pk=key) for key in keys])

    assert LeadFactory().pk > max(keys)
    assert Lead.objects.count() == 4


def test_columns_without_a_value_have_the_models_defaults():
    lead = LeadFactory()
    row = (lead.pk, ActivityKind.NOTE, NOON, "1")

    names = ("lead_id", "kind", "occurred_at", "external_id")
    copying.insert(Activity, names, [row])

    note = Activity.objects.get()
    assert (note.properties, note.is_machine, note.campaign) == ({}, False, None)
    assert note.recorded_at is not None


def test_what_a_constraint_forbids_is_an_integrity_error():
    row = ("a@acme.example", "a@acme.example")

    with pytest.raises(IntegrityError), transaction.atomic():
        copying.insert(Lead, ("email", "email_key"), [row, row])

    assert not Lead.objects.exists()


def test_any_of_finds_what_in_finds():
    leads = [LeadFactory(email=f"p{n}@acme.example") for n in range(3)]
    keys = [lead.email_key for lead in leads[:2]]

    assert set(Lead.objects.filter(email_key__any_of=keys)) == {*leads[:2]}
    assert not Lead.objects.filter(email_key__any_of=[]).exists()
    assert not Lead.objects.filter(account__any_of=[0]).exists()
    assert Standing.objects.filter(pk__any_of=[leads[2].pk]).get().lead == leads[2]


def test_what_the_database_fills_in_is_left_to_it():
    endpoint = EndpointFactory()
    began = timezone.now() - timedelta(minutes=1)
    row = (endpoint.pk, "lead.created", "msg_1", "{}", NOON)

    names = ("endpoint_id", "kind", "message_id", "body", "not_before")
    copying.insert(WebhookDelivery, names, [row])

    made = WebhookDelivery.objects.get()
    assert (made.message_id, made.lead) == ("msg_1", None)
    assert began < made.made_at < began + timedelta(minutes=5)
