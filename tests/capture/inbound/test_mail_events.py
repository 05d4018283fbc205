"""A mail provider tells by a signed webhook who bounced or complained."""

import pytest
from django.utils import timezone

from leads import erasing
from leads.choices import Role
from leads.models import Activity, Lead
from leads.nurture.mail import bounces, links, sending
from leads.nurture.models import Mail, Suppression
from tests.capture.inbound.senders import make_source, send
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.nurture.factories import MailTemplateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(workspace, client):
    client.raise_request_exception = False
    return make_source()[0]


def mailed(**lead):
    """A mail that was sent to this lead."""
    lead = LeadFactory(**lead)
    template = MailTemplateFactory()
    sending.plan(lead_ids=[lead.pk], template=template, at=NOON, now=NOON)
    return Mail.objects.get(lead=lead)


def test_a_bounce_by_message_id_and_a_complaint_by_address_are_heeded_once(
    client, source
):
    mail = mailed(email="gone@acme.example")
    angry = LeadFactory(email="Angry@acme.example")
    told = {
        "mail": [
            {
                "kind": "bounce",
                "message_id": links.message_id(mail),
                "reason": "550 no such user",
            },
            {"kind": "complaint", "email": "angry@ACME.example"},
            {"kind": "bounce", "email": "stranger@acme.example"},
            {"kind": "bounce", "email": "full@acme.example", "is_permanent": False},
        ]
    }

    answers = [
        send(client, source, told, webhook_id=name).json()
        for name in ("msg_1", "msg_1", "msg_2")
    ]

    assert answers[0] == answers[1]
    assert answers[0]["mail"] == {"heeded": 3, "ignored": 1, "rejected": []}
    why = dict(Suppression.objects.values_list("email_key", "why"))
    assert why == {
        "gone@acme.example": "bounced",
        "angry@acme.example": "complained",
        "stranger@acme.example": "bounced",
    }
    kinds = dict(Activity.objects.values_list("lead", "kind"))
    assert kinds == {mail.lead_id: "email_bounced", angry.pk: "unsubscribed"}
    assert Activity.objects.count() == 2
    assert Lead.objects.get(pk=angry.pk).do_not_mail
    note = Suppression.objects.get(email_key="gone@acme.example").note
    assert note == "550 no such user"


def moved_house(mail, address):
    """The lead of a mail that was sent has another address from now on."""
    sending.send_owed(now=timezone.now())
    mail.lead.email = mail.lead.email_key = address
    mail.lead.save(update_fields=["email", "email_key"])


def test_a_bounce_is_about_the_address_that_the_mail_went_to(client, source):
    mail = mailed(email="Old@acme.example")
    unnamed = mailed(email="former@acme.example")
    moved_house(mail, "new@acme.example")
    moved_house(unnamed, "today@acme.example")
    told = {
        "mail": [
            {"kind": "bounce", "message_id": links.message_id(mail)},
            {"kind": "bounce", "email": "FORMER@acme.example"},
        ]
    }

    send(client, source, told)

    listed = Suppression.objects.values_list("email_key", flat=True)
    assert {*listed} == {"old@acme.example", "former@acme.example"}
    bounced = Activity.objects.filter(kind="email_bounced")
    assert {one.lead_id for one in bounced} == {mail.lead_id, unnamed.lead_id}
    assert {one.properties["mail"] for one in bounced} == {
        str(mail.pk),
        str(unnamed.pk),
    }


def test_a_bounce_without_an_id_finds_no_mail_of_long_ago(client, source):
    mail = mailed(email="former@acme.example")
    moved_house(mail, "today@acme.example")
    long_ago = timezone.now() - bounces.SOUGHT_FOR
    Mail.objects.update(handed_over_at=long_ago)

    told = {"kind": "bounce", "email": "former@acme.example"}
    send(client, source, {"mail": [told]})

    assert not Activity.objects.filter(kind="email_bounced").exists()
    assert Suppression.objects.get().email_key == "former@acme.example"


def test_of_somebody_who_was_erased_nothing_is_kept(client, source):
    mail = mailed(email="erased@acme.example")
    erasing.erase(lead=mail.lead, actor=None, now=NOON)
    mail_id = links.message_id(mail)
    told = {
        "mail": [
            {"kind": "bounce", "message_id": mail_id},
            {"kind": "bounce", "message_id": mail_id, "email": "erased@acme.example"},
            {"kind": "complaint", "email": "Erased@acme.example"},
        ]
    }

    answer = send(client, source, told).json()

    assert answer["mail"] == {"heeded": 0, "ignored": 3, "rejected": []}
    assert not Suppression.objects.exists()


def test_what_says_nothing_sensible_is_refused_with_its_place(client, source):
    wrong = [
        "bounce",
        {"kind": "answer", "email": "a@acme.example"},
        {"kind": "bounce"},
        {"kind": "bounce", "message_id": "<mail.1.00000000000000000000@x>"},
        {"kind": "bounce", "email": "nobody"},
        {"kind": "bounce", "email": "a@acme.example", "lead": 1},
        {"kind": "bounce", "email": "a@acme.example", "is_permanent": "no"},
        {"kind": "bounce", "email": "a@acme.example", "reason": "\u0000"},
    ]

    answer = send(client, source, {"mail": wrong})

    assert answer.status_code == 200
    rejected = answer.json()["mail"]["rejected"]
    assert [one["index"] for one in rejected] == list(range(len(wrong)))
    fields = ["", "kind", "email", "message_id", "email", "lead", "is_permanent"]
    assert [one["field"] for one in rejected] == [*fields, "reason"]
    assert not Suppression.objects.exists()


def test_only_who_may_manage_nurture_lets_addresses_be_suppressed(client, workspace):
    source, _secret = make_source(user=UserFactory(role=Role.REP))

    answer = send(
        client, source, {"mail": [{"kind": "bounce", "email": "a@b.example"}]}
    )

    assert answer.status_code == 403
    assert not Suppression.objects.exists()
