import mailbox
from datetime import timedelta
from email import message_from_string
from email.message import EmailMessage

import pytest
from django.core import signing
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from leads import erasing, merging
from leads.choices import ActivityKind, Role
from leads.nurture.choices import Returned, SuppressionWhy
from leads.nurture.mail import bounces, links, reactions, sending
from leads.nurture.mail.links import Signed
from leads.nurture.models import Mail, Suppression
from tests import bad_inputs
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.nurture.factories import MailFactory, MailTemplateFactory

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


def bounce(mail, *, status="5.1.1", action="failed"):
    """A letter of a mail server about one of ours."""
    return message_from_string(
        f"""Message-ID: <{status}.{mail.pk}@mx.example>
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {mail.lead.email}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: {links.message_id(mail)}
--b--
"""
    )


def test_a_bounce_for_good_stops_mail_to_the_address(mail, mailoutbox):
    for _time in range(2):
        assert bounces.take_in(letter=bounce(mail), now=NOON) == Returned.BOUNCE

    assert kinds(mail) == [ActivityKind.EMAIL_BOUNCED]
    listed = Suppression.objects.get()
    assert (listed.email_key, listed.why) == (mail.lead.email, SuppressionWhy.BOUNCED)
    assert "no such user" in listed.note
    sending.send_owed(now=NOON)
    assert mailoutbox == []


def test_a_delay_is_no_bounce(mail):
    for letter in (
        bounce(mail, status="4.2.2", action="delayed"),
        bounce(mail, status="4.2.2"),
    ):
        assert bounces.take_in(letter=letter, now=NOON) == Returned.NOTHING

    assert not Suppression.objects.exists()


def test_a_made_up_bounce_stops_nothing(mail):
    letter = bounce(mail).as_string().replace("<mail.", "<mail.9")

    taken = bounces.take_in(letter=message_from_string(letter), now=NOON)

    assert taken == Returned.NOTHING
    assert not Suppression.objects.exists()


def test_a_complaint_is_a_no_and_an_answer_is_told(mail):
    complaint = message_from_string(
        f"""Message-ID: <c1@isp.example>
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: message/feedback-report

Feedback-Type: abuse

--b
Content-Type: message/rfc822

Message-ID: {links.message_id(mail)}
Subject: For you

Hello
--b--
"""
    )
    answer = EmailMessage()
    answer["Message-ID"] = "<a1@example.com>"
    answer["In-Reply-To"] = links.message_id(mail)
    answer.set_content("Tell me more")
    away = EmailMessage()
    away["In-Reply-To"] = links.message_id(mail)
    away["Auto-Submitted"] = "auto-replied"

    taken = [
        bounces.take_in(letter=letter, now=NOON) for letter in (answer, away, complaint)
    ]

    assert taken == [Returned.ANSWER, Returned.NOTHING, Returned.COMPLAINT]
    assert kinds(mail) == [ActivityKind.EMAIL_REPLIED, ActivityKind.UNSUBSCRIBED]
    mail.lead.refresh_from_db()
    assert mail.lead.do_not_mail
    assert Suppression.objects.get().why == SuppressionWhy.COMPLAINED


def test_a_mailbox_is_read_and_again_changes_nothing(mail, tmp_path, capsys):
    box = mailbox.mbox(tmp_path / "bounces")
    box.add(bounce(mail))
    box.add(b"From nobody\n\xff\xfe\x00 no letter at all")
    box.close()

    for _time in range(2):
        call_command("read_bounces", str(tmp_path / "bounces"))

    said = capsys.readouterr().out
    assert said.count("Bounces: 1") == 2
    assert "Not about a mail of ours: 1" in said
    assert mail.lead.activities.count() == 1
    with pytest.raises(CommandError, match="no mailbox"):
        call_command("read_bounces", str(tmp_path / "none"))


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
