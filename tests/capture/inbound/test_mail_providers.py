"""Mail providers tell in their own words who bounced, complained, unsubscribed."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads import signing
from leads.capture.models import ReceivedWebhook, WebhookSource
from leads.choices import Role
from leads.models import Activity, Lead
from leads.nurture.mail import links, sending
from leads.nurture.mail.providers.reports import Provider
from leads.nurture.models import Mail, Suppression
from tests.capture.inbound import provider_messages as messages
from tests.capture.inbound.senders import make_source
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.nurture.factories import MailTemplateFactory

pytestmark = pytest.mark.django_db
WAY = "/api/v1/hooks/{}/{}"


@pytest.fixture
def source(workspace, client):
    client.raise_request_exception = False
    return make_source()[0]


@pytest.fixture
def mail(workspace):
    lead = LeadFactory(email="ada@acme.example")
    sending.plan(lead_ids=[lead.pk], template=MailTemplateFactory(), at=NOON, now=NOON)
    return Mail.objects.get()


def basic(password):
    return "Basic " + base64.b64encode(f"baton:{password}".encode()).decode()


def tell(client, source, provider, body, *, password=None, **options):
    """Post it as the provider does, with the password that is in its address."""
    typed = password or signing.password_of(signing.secret_of(source.seed))
    return client.post(
        WAY.format(source.slug, provider),
        body if isinstance(body, bytes) else json.dumps(body).encode(),
        content_type=options.get("content_type", "application/json"),
        headers={"Authorization": options.get("authorization", basic(typed))},
    )


def of_mail(mail):
    """What each provider sends about a mail that bounced for good."""
    email, message_id = mail.lead.email, links.message_id(mail)
    bounced = {"severity": "permanent", "reason": "bounce"}
    return {
        "ses": messages.ses_bounce(email, message_id),
        "mailgun": messages.mailgun("failed", email, message_id, **bounced),
        "postmark": messages.postmark("Bounce", email, Type="HardBounce"),
        "sendgrid": [messages.sendgrid("bounce", email, message_id, type="bounce")],
    }


@pytest.mark.parametrize("provider", Provider.values)
def test_a_bounce_for_good_is_heeded_once_whoever_tells(client, source, mail, provider):
    body = of_mail(mail)[provider]

    answers = [tell(client, source, provider, body) for _again in "12"]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["mail"]["heeded"] == 1
    listed = Suppression.objects.get()
    assert (listed.email_key, listed.why) == (mail.lead.email, "bounced")
    assert listed.note
    assert [one.kind for one in Activity.objects.all()] == ["email_bounced"]
    received = ReceivedWebhook.objects.get()
    assert (received.taken, received.refused) == (1, 0)


def soft(email):
    """What may still arrive, or was the fault of the mail and not of the address."""
    late = {"severity": "temporary", "reason": "generic"}
    old = {"severity": "permanent", "reason": "old"}
    return [
        ("ses", messages.ses_bounce(email, "", bounce_type="Transient")),
        ("ses", messages.ses_bounce(email, "", bounce_type="Undetermined")),
        ("mailgun", messages.mailgun("failed", email, "", **late)),
        ("mailgun", messages.mailgun("failed", email, "", **old)),
        ("postmark", messages.postmark("Bounce", email, Type="SoftBounce")),
        ("postmark", messages.postmark("Bounce", email, Type="Transient")),
        ("sendgrid", [messages.sendgrid("bounce", email, type="blocked")]),
    ]


def of_no_concern(email):
    """What providers tell beside, and not every notification can be switched off."""
    delivered = messages.of_ses({"notificationType": "Delivery", "mail": {}})
    sentence = "Successfully validated SNS topic for Amazon SES event publishing."
    return [
        ("ses", delivered),
        ("ses", delivered | {"Message": sentence}),
        ("ses", {"Type": "UnsubscribeConfirmation", "SubscribeURL": "https://x"}),
        ("ses", messages.ses_complaint(email, "not-spam")),
        ("mailgun", messages.mailgun("delivered", email, "")),
        ("postmark", messages.postmark("Delivery", email)),
        ("postmark", messages.postmark("SubscriptionChange", email)),
        ("sendgrid", [messages.sendgrid("open", email)]),
        ("sendgrid", [messages.sendgrid("dropped", email, reason="Invalid header")]),
        ("sendgrid", []),
    ]


def test_what_may_still_arrive_or_is_of_no_concern_stops_no_mail(client, source):
    for provider, body in soft("ada@acme.example"):
        answer = tell(client, source, provider, body)
        assert answer.json()["mail"] == {"heeded": 0, "ignored": 1, "rejected": []}
    received = ReceivedWebhook.objects.count()
    for provider, body in of_no_concern("ada@acme.example"):
        answer = tell(client, source, provider, body)
        assert answer.status_code == 200, answer.content
        assert answer.json()["mail"]["heeded"] == 0

    assert not Suppression.objects.exists()
    assert ReceivedWebhook.objects.count() == received


def complaints(email):
    changed = {"SuppressSending": True, "Recipient": email}
    return [
        ("ses", messages.ses_complaint(email)),
        ("mailgun", messages.mailgun("complained", email, "")),
        ("postmark", messages.postmark("SpamComplaint", email)),
        (
            "postmark",
            messages.postmark(
                "SubscriptionChange", "", SuppressionReason="SpamComplaint", **changed
            ),
        ),
        ("sendgrid", [messages.sendgrid("spamreport", email)]),
    ]


@pytest.mark.parametrize("number", range(5))
def test_a_complaint_is_a_no_and_puts_the_address_on_the_list(client, source, number):
    lead = LeadFactory(email="ada@acme.example")

    provider, body = complaints(lead.email)[number]
    tell(client, source, provider, body)

    assert Suppression.objects.get().why == "complained"
    assert Lead.objects.get(pk=lead.pk).do_not_mail


def test_who_unsubscribes_at_the_provider_gets_no_mail_of_ours(client, source):
    leads = [LeadFactory(email=f"p{number}@acme.example") for number in range(3)]
    names = [lead.email for lead in leads]
    told = {"SuppressSending": True, "SuppressionReason": "ManualSuppression"}

    tell(client, source, "mailgun", messages.mailgun("unsubscribed", names[0], ""))
    body = messages.postmark("SubscriptionChange", "", Recipient=names[1], **told)
    tell(client, source, "postmark", body)
    rows = [messages.sendgrid("unsubscribe", names[2])]
    rows += [messages.sendgrid("unsubscribe", "stranger@acme.example")]
    answer = tell(client, source, "sendgrid", rows).json()

    assert answer["mail"] == {"heeded": 1, "ignored": 1, "rejected": []}
    assert Lead.objects.filter(do_not_mail_since=None).count() == 0
    assert {*Activity.objects.values_list("kind", flat=True)} == {"unsubscribed"}
    assert not Suppression.objects.exists()


def test_amazon_asks_for_the_password_and_a_person_confirms(client, source):
    asked = {
        "Type": "SubscriptionConfirmation",
        "Token": "2336412f37",
        "SubscribeURL": "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription"
        "&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37",
    }
    plain = "text/plain; charset=UTF-8"

    first = tell(client, source, "ses", asked, authorization="", content_type=plain)
    second = tell(client, source, "ses", asked, content_type=plain)
    elsewhere = asked | {"SubscribeURL": "https://sns.us-west-2.amazonaws.com.evil/?x"}
    refused = tell(client, source, "ses", elsewhere, content_type=plain)

    assert first.status_code == 401
    assert first["WWW-Authenticate"].startswith("Basic ")
    assert (second.status_code, refused.status_code) == (200, 400)
    client.force_login(UserFactory(role=Role.ADMINISTRATOR, is_superuser=True))
    page = client.get(source.get_absolute_url())
    assert page.context["confirms_at"] == asked["SubscribeURL"]
    assert "confirm the subscription" in page.content.decode()


def test_the_page_of_a_new_secret_has_the_addresses_ready(client, workspace):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR, is_superuser=True))
    user = UserFactory(role=Role.MARKETER)

    made = client.post(
        "/settings/webhooks/sources/new/", {"name": "Mails", "user": user.pk}
    )

    source = WebhookSource.objects.get()
    password = signing.password_of(signing.secret_of(source.seed))
    for provider in Provider.values:
        way = WAY.format(source.slug, provider)
        assert f"://baton:{password}@" in made.content.decode()
        assert way in made.content.decode()
    later = client.get(source.get_absolute_url()).content.decode()
    assert "://baton:SECRET@" in later
    assert password not in later


WRONG = [
    b"",
    b"nothing",
    b"[" * 5_000,
    b"\xff\xfe",
    b"null",
    b"7",
    b'"text"',
    b"[1]",
    b'[["a"]]',
    b"{}",
    b'{"Type": "Notification"}',
    b'{"Type": "Notification", "Message": "{"}',
    b'{"Type": "Notification", "Message": "' + b"[" * 50_000 + b'"}',
    b'{"Type": "SubscriptionConfirmation", "SubscribeURL": "http://localhost/"}',
    b'{"event-data": []}',
    b'{"RecordType": 1}',
]


@pytest.mark.parametrize("provider", Provider.values)
def test_what_no_provider_sends_is_refused_in_words(client, source, provider):
    for body in WRONG:
        answer = tell(client, source, provider, body)
        assert answer.status_code == 400, (provider, body[:50], answer.content)
        assert answer.json()["detail"]

    assert not ReceivedWebhook.objects.exists()


def test_records_that_name_nobody_are_listed_with_why(client, source):
    rows = [
        messages.sendgrid("bounce", ""),
        messages.sendgrid("bounce", "no address"),
        messages.sendgrid("bounce", "a" * 300 + "@acme.example"),
        messages.sendgrid("bounce", "ada@acme.example", reason="\x00\ud800" * 2_000),
    ]

    answer = tell(client, source, "sendgrid", rows)

    assert answer.status_code == 200
    assert answer.json()["mail"]["heeded"] == 1
    rejected = answer.json()["mail"]["rejected"]
    assert [one["index"] for one in rejected] == [0, 1, 2]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=20), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(provider=st.sampled_from(Provider.values), place=st.integers(0, 40), junk=JUNK)
def test_junk_at_any_place_of_a_message_is_never_an_error_of_ours(
    client, source, mail, provider, place, junk
):
    body = json.dumps(of_mail(mail)[provider])
    values = [part for part in body.replace("{", ",").split(",") if ":" in part]
    name = values[place % len(values)].split(":")[0].strip(' ["\\')
    changed = json.loads(body, object_hook=lambda one: one | {name: junk})

    answer = tell(client, source, provider, changed)

    assert answer.status_code in (200, 400), answer.content


def test_a_wrong_password_another_source_and_one_that_is_off_are_refused_alike(
    client, source, mail
):
    body = of_mail(mail)["postmark"]
    other, _secret = make_source(name="Other")
    wrong = [
        {"password": signing.password_of(signing.secret_of(other.seed))},
        {"password": "whsec_"},
        {"authorization": "Basic !"},
        {"authorization": "Basic " + base64.b64encode(b"baton").decode()},
        {"authorization": "Bearer x"},
        {"authorization": "Basic " + "x" * 5_000},
    ]

    answers = [tell(client, source, "postmark", body, **said) for said in wrong]
    WebhookSource.objects.update(is_on=False)
    answers.append(tell(client, source, "postmark", body))

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert tell(client, source, "pigeon", body).status_code == 404
    assert not Suppression.objects.exists()


def test_only_a_source_of_marketing_lets_addresses_be_suppressed(client, workspace):
    source, _secret = make_source(user=UserFactory(role=Role.REP))

    body = messages.postmark("SpamComplaint", "ada@acme.example")

    assert tell(client, source, "postmark", body).status_code == 403
    assert not Suppression.objects.exists()
