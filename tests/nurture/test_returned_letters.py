"""Letters that come back to the sender: bounces, complaints, answers."""

import mailbox
from email import message_from_string
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command

from leads import erasing, forgetting
from leads.choices import ActivityKind
from leads.nurture.choices import Returned, SuppressionWhy
from leads.nurture.mail import bounces, links, sending
from leads.nurture.models import Suppression
from tests.leads.factories import NOON
from tests.nurture.factories import MailFactory
from tests.nurture.letters import bounce, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(workspace):
    return MailFactory()


def kinds(mail):
    return [one.kind for one in mail.lead.activities.order_by("pk")]


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


@pytest.mark.parametrize(
    ("feedback", "taken"),
    [
        ("abuse", Returned.COMPLAINT),
        ("fraud", Returned.COMPLAINT),
        ("Opt-Out", Returned.UNSUBSCRIBE),
        ("not-spam", Returned.NOTHING),
        ("virus", Returned.NOTHING),
        ("auth-failure", Returned.NOTHING),
        ("", Returned.NOTHING),
    ],
)
def test_only_a_report_of_abuse_is_a_complaint(mail, feedback, taken):
    letter = report(mail, feedback)

    assert bounces.take_in(letter=letter, now=NOON) == taken

    mail.lead.refresh_from_db()
    assert mail.lead.do_not_mail == (taken != Returned.NOTHING)
    assert Suppression.objects.exists() == (taken == Returned.COMPLAINT)


def test_a_bounce_names_the_address_that_the_mail_went_to(mail, mailoutbox):
    was = mail.lead.email
    sending.send_owed(now=NOON)
    mail.refresh_from_db()
    mail.lead.email = mail.lead.email_key = "new@acme.example"
    mail.lead.save(update_fields=["email", "email_key"])

    bounces.take_in(letter=bounce(mail), now=NOON)

    assert [one.email_key for one in Suppression.objects.all()] == [was]


def test_a_complaint_is_a_no_and_an_answer_is_told(mail):
    complaint = report(mail, "abuse")
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


HOSTILE = [
    b"",
    b"\x00\xff\xfe",
    b"Content-Type: multipart/report; report-type=delivery-status\n\nno parts",
    b"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
    b"--b\nContent-Type: message/feedback-report\n"
    b"Content-Transfer-Encoding: base64\n\n!!!!\n--b--",
    b"Content-Type: text/plain; charset=no-such-charset\n\n\xff\xfe",
    b"Content-Type: text/plain; charset=\xff\n"
    b"Content-Transfer-Encoding: 8bit\n\n\xe4\xf6",
    b"Subject: =?no-such?q?=FF?=\nMessage-ID: \xff\xfe\nIn-Reply-To: \xe4\n\nx",
    b"Content-Type: message/delivery-status\n\nStatus\n\n\n: \n",
    b"Content-Type: message/rfc822\n\n" * 400 + b"x",
    b"Content-Type: message/rfc822\n\n" * 4_000 + b"x",
    b'Content-Type: multipart/mixed; boundary=""\n\n--\n--',
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_letter_that_is_none_is_about_no_mail_of_ours(mail, number):
    for start in (b"", b"Auto-Submitted: auto-replied\n"):
        letters = [start + HOSTILE[number]]
        taken = list(bounces.take_in_all(letters=letters, now=NOON))
        assert taken == [Returned.NOTHING]

    assert not Suppression.objects.exists()


def test_an_erased_person_is_not_listed_under_a_former_address_either(mail):
    former = mail.lead.email
    sending.send_owed(now=NOON)
    mail.lead.email = mail.lead.email_key = "new@acme.example"
    mail.lead.save(update_fields=["email", "email_key"])
    mail.refresh_from_db()
    bounces.take_in(letter=bounce(mail), now=NOON)
    assert Suppression.objects.get().email_key == former

    erasing.erase(lead=mail.lead, actor=None, now=NOON)

    assert not Suppression.objects.exists()
    known = [forgetting.by_email(former)]
    assert forgetting.forgotten(particulars=known) == {*known}
