from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from leads import erasing, merging
from leads.choices import ActivityKind, Role
from leads.nurture.mail import bounces, links, reactions, sending
from leads.nurture.mail.links import Signed
from leads.nurture.models import Mail, Suppression
from tests import bad_inputs
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.nurture.factories import MailFactory, MailTemplateFactory
from tests.nurture.letters import bounce

pytestmark = pytest.mark.django_db

BROWSER = {"User-Agent": "Mozilla/5.0 Firefox/140.0"}
URLS = [f"https://www.acme.com/{name}" for name in "abc"]


@pytest.fixture
def mail(workspace):
    body = "\n\n".join(f"[{url}]({url})" for url in URLS)
    return MailFactory(template=MailTemplateFactory(body=body))


def path(address):
    return address.removeprefix("http://127.0.0.1:8000")


def kinds(mail):
    return [one.kind for one in mail.lead.activities.order_by("pk")]


def test_looking_at_the_page_unsubscribes_nobody_and_the_button_does(client, mail):
    page = path(links.preferences(mail))
    for look in (client.get, client.head):
        assert look(page).status_code == 200
    mail.lead.refresh_from_db()
    assert not mail.lead.do_not_mail

    answer = client.post(page, {"wish": "unsubscribe"})

    mail.lead.refresh_from_db()
    assert mail.lead.do_not_mail
    assert kinds(mail) == [ActivityKind.UNSUBSCRIBED]
    assert "no more mail" in answer.content.decode()
    assert mail.lead.email not in answer.content.decode()


def test_one_click_of_a_mail_program_unsubscribes_without_a_token(mail):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(
        path(links.preferences(mail)), {"List-Unsubscribe": "One-Click"}
    )

    assert answer.status_code == 200
    mail.lead.refresh_from_db()
    assert mail.lead.do_not_mail


def test_who_wants_mail_again_gets_it_and_may_say_no_again(client, mail):
    page = path(links.preferences(mail))

    for wish, is_forbidden in (
        ("unsubscribe", True),
        ("subscribe", False),
        ("unsubscribe", True),
    ):
        client.post(page, {"wish": wish})
        mail.lead.refresh_from_db()
        assert mail.lead.do_not_mail is is_forbidden


def test_a_test_mail_unsubscribes_nobody(client, mail):
    Mail.objects.update(tester=UserFactory())

    page = client.post(path(links.preferences(mail)))

    assert "This was a test" in page.content.decode()
    mail.lead.refresh_from_db()
    assert not mail.lead.do_not_mail


def test_opening_and_clicking_are_noted_once_a_minute(client, mail):
    for _time in range(3):
        pixel = client.get(path(links.pixel(mail)), headers=BROWSER)
        answer = client.get(path(links.click(mail, URLS[0])), headers=BROWSER)

    assert pixel["Content-Type"] == "image/gif"
    assert (answer.status_code, answer["Location"]) == (302, URLS[0])
    assert len(kinds(mail)) <= 4
    assert set(kinds(mail)) == {ActivityKind.EMAIL_OPENED, ActivityKind.EMAIL_CLICKED}
    mail.refresh_from_db()
    assert mail.opened_at
    assert mail.clicked_at


def test_the_timeline_names_a_mail_alike_for_every_lead(client, mail, mailoutbox):
    template = mail.template
    template.subject = "{{ first_name | Hello }}, look at {{ company }} here"
    template.save()
    sending.send_owed(now=NOON)
    client.get(path(links.pixel(mail)), headers=BROWSER)
    bounces.take_in(letter=bounce(mail), now=NOON)

    told = mail.lead.activities.values_list("kind", "subject")

    assert mailoutbox[0].subject.startswith(mail.lead.first_name)
    assert {kind for kind, _subject in told} == {
        ActivityKind.EMAIL_SENT,
        ActivityKind.EMAIL_OPENED,
        ActivityKind.EMAIL_BOUNCED,
    }
    assert {subject for _kind, subject in told} == {"Hello, look at here"}


def test_a_scanner_that_follows_every_link_counts_as_nobody(mail):
    for url in URLS:
        reactions.clicked(
            signed=Signed(mail.pk, mail.lead_id, url),
            agent="Mozilla/5.0",
            method="GET",
            now=NOON,
        )

    mail.refresh_from_db()
    assert mail.clicked_at is None
    assert all(mail.lead.activities.values_list("is_machine", flat=True))
    reactions.clicked(
        signed=Signed(mail.pk, mail.lead_id, URLS[0]),
        agent="Mozilla/5.0",
        method="GET",
        now=NOON + timedelta(hours=1),
    )
    mail.refresh_from_db()
    assert mail.clicked_at == NOON + timedelta(hours=1)


def test_a_robot_and_a_mere_asking_count_as_nobody(client, mail):
    client.head(path(links.click(mail, URLS[0])), headers=BROWSER)
    client.get(path(links.pixel(mail)), headers={"User-Agent": "Googlebot"})

    mail.refresh_from_db()
    assert (mail.opened_at, mail.clicked_at) == (None, None)


def test_bad_tokens_lead_nowhere(client, mail):
    right = path(links.click(mail, URLS[0])).removeprefix("/m/c/")
    other = path(links.pixel(mail)).removeprefix("/m/o/")
    tokens = [
        right[:-1] + ("a" if right[-1] != "a" else "b"),
        right[: len(right) // 2],
        other,
        "a" * 10_000,
        "%25ff%2500!!",
        signing.dumps([mail.pk, mail.lead_id, "https://evil.example"], salt="x"),
    ]
    for case, _expect in bad_inputs.listed("tokens"):
        told = case["case"]
        token = told.get("token") or "a" * told.get("token_repeat", 0)
        if told.get("tamper"):
            token = right[:-1] + "~" if told["tamper"] == "last" else right[:20]
        tokens.append(token or "x")
    for token in tokens:
        token = token.replace("/", "%2F").replace("?", "%3F") or "x"
        for name in ("c/", "") if token == other else ("c/", "o/", ""):
            answer = client.get(f"/m/{name}{token}{'' if name else '/'}")
            assert answer.status_code in (200, 301, 302, 400, 404), token
            assert not answer.headers.get("Location", "").startswith("https://evil")
            if name != "o/" and answer.status_code != 301:
                assert answer.status_code in (400, 404), token
        assert client.post(f"/m/{token}/").status_code in (400, 404)

    assert kinds(mail) == []
    mail.lead.refresh_from_db()
    assert not mail.lead.do_not_mail


def test_a_merged_lead_unsubscribes_by_an_old_mail(client, mail, workspace):
    kept = LeadFactory(created_at=NOON - timedelta(days=1))
    manager = UserFactory(role=Role.MANAGER)
    page = path(links.preferences(mail))
    merging.merge(kept=kept, merged=mail.lead, chosen={}, actor=manager, now=NOON)

    client.post(page, {"wish": "unsubscribe"})

    kept.refresh_from_db()
    assert kept.do_not_mail


def test_an_address_is_listed_by_hand_and_allowed_again(client, workspace):
    client.force_login(UserFactory(role=Role.MARKETER))
    page = reverse("mail:suppressed")

    client.post(page, {"email": "Ann@Acme.com", "note": "by phone"})
    assert "ann@acme.com" in client.get(page).content.decode()
    client.post(reverse("mail:lift", args=[Suppression.objects.get().pk]))

    assert "No address is listed" in client.get(page).content.decode()
    assert client.post(page, {"email": "no address"}).status_code == 422


def test_links_of_a_person_who_was_erased_are_no_error_and_name_nobody(client, mail):
    email, letter = mail.lead.email, bounce(mail)
    unsubscribe, click = path(links.preferences(mail)), path(links.click(mail, URLS[0]))
    erasing.erase(lead=mail.lead, actor=None, now=NOON)

    answers = [client.get(unsubscribe), client.get(click)]
    answers += [client.post(unsubscribe, {"wish": "unsubscribe"}) for _time in range(2)]
    bounces.take_in(letter=letter, now=NOON)

    assert all(answer.status_code < 500 for answer in answers)
    assert email not in "".join(answer.content.decode() for answer in answers)
    kept = [str(one.__dict__) for one in mail.lead.activities.all()]
    kept += Suppression.objects.values_list("email_key", flat=True)
    assert email not in "".join(kept)
