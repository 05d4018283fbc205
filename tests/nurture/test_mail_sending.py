from datetime import timedelta
from email.header import decode_header, make_header

import pytest
from django.urls import reverse
from django.utils import timezone

from leads import consents
from leads.choices import ActivityKind, ConsentHow, Purpose, Role
from leads.nurture.choices import MailFate, SuppressionWhy
from leads.nurture.mail import links, reactions, sending, suppressing
from leads.nurture.models import Mail, Suppression
from leads.owed import LEASE
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.nurture.factories import MailFactory, MailTemplateFactory
from tests.nurture.smtp import serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def mails(workspace):
    """Ten mails of one template, to lead-0@example.com and so on."""
    template = MailTemplateFactory()
    leads = [LeadFactory(email=f"lead-{number}@example.com") for number in range(10)]
    sending.plan(
        lead_ids=[lead.pk for lead in leads], template=template, at=NOON, now=NOON
    )
    return list(Mail.objects.order_by("lead_id"))


def fates():
    return [mail.fate for mail in Mail.objects.order_by("lead_id")]


def forbid(lead):
    consents.forbid(
        lead_ids=[lead.pk],
        purpose=Purpose.MAIL,
        why="No more, please",
        how=ConsentHow.UNSUBSCRIBED,
        at=NOON,
    )


def test_each_mail_goes_out_once_over_a_real_wire(mails):
    with serving() as sink:
        sent = [sending.send_owed(now=NOON) for _time in range(2)]

    assert sent == [10, 0]
    assert sink.addresses == [mail.lead.email for mail in mails]
    letter = sink.letter()
    assert str(make_header(decode_header(letter["Subject"]))) == "For you, Maya"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Message-ID"] == links.message_id(mails[0])
    activity = mails[0].lead.activities.get()
    assert (activity.kind, activity.properties["mail"]) == (
        ActivityKind.EMAIL_SENT,
        str(mails[0].pk),
    )


def test_a_server_that_is_away_costs_no_try(mails):
    with serving(is_away=True):
        assert sending.send_owed(now=NOON) == 0

    assert set(Mail.objects.values_list("attempts", flat=True)) == {0}


def test_what_the_server_says_for_now_is_tried_again_and_no_is_no(mails):
    answers = {
        "lead-1@example.com": "refuses once",
        "lead-2@example.com": "rcpt 450 mailbox busy",
        "lead-3@example.com": "rcpt 550 no such user",
        "lead-4@example.com": "554 we do not like this",
    }
    with serving(answers) as sink:
        first = sending.send_owed(now=NOON)
        second = sending.send_owed(now=NOON + timedelta(minutes=2))

    assert (first, second) == (6, 1)
    assert len(set(sink.addresses)) == len(sink.addresses) == 7
    assert fates()[1:5] == [
        MailFate.SENT,
        MailFate.PLANNED,
        MailFate.FAILED,
        MailFate.FAILED,
    ]
    assert Suppression.objects.get().email_key == "lead-3@example.com"


def test_a_server_that_closes_hangs_or_speaks_no_tls_harms_no_other_mail(mails):
    with serving(tls=True):
        assert sending.send_owed(now=NOON) == 0
    assert set(Mail.objects.values_list("attempts", flat=True)) == {0}
    answers = {"lead-2@example.com": "421 once", "lead-6@example.com": "sleeps"}
    with serving(answers, seconds=0.5) as sink:
        first = sending.send_owed(now=NOON)
        second = sending.send_owed(now=NOON + timedelta(minutes=2))

    assert (first, second) == (2, 7)
    assert len(set(sink.addresses)) == len(sink.addresses) == 9
    assert fates()[6] == MailFate.IN_DOUBT
    assert fates().count(MailFate.SENT) == 9


def test_a_line_that_breaks_after_the_letter_leaves_it_in_doubt(mails):
    answers = {"lead-5@example.com": "takes it and dies"}
    with serving(answers) as sink:
        sending.send_owed(now=NOON)
        sending.send_owed(now=NOON + timedelta(days=1))

    assert sink.addresses.count("lead-5@example.com") == 1
    assert fates().count(MailFate.SENT) == 9
    assert fates()[5] == MailFate.IN_DOUBT
    assert len(sink.addresses) == 10


def test_a_person_decides_about_a_mail_in_doubt(client, mails):
    with serving({"lead-5@example.com": "dies"}):
        sending.send_owed(now=NOON)
    client.force_login(UserFactory(role=Role.MARKETER))
    outbox = client.get(reverse("mail:outbox")).content.decode()
    assert "1 mail was perhaps sent" in outbox
    decide = reverse("mail:decide", args=[mails[5].pk])
    assert (
        "It arrived"
        in client.get(reverse("mail:detail", args=[mails[5].pk])).content.decode()
    )

    client.post(decide, {"wish": "again"})
    with serving() as sink:
        sending.send_owed(now=timezone.now())

    assert sink.addresses == ["lead-5@example.com"]
    late = client.post(decide, {"wish": "leave"}, follow=True)
    assert "no longer possible" in late.content.decode()


def test_a_mail_in_doubt_may_count_as_sent(workspace):
    mail = MailFactory(is_in_doubt=True, state="stuck", handed_over_at=NOON)

    assert sending.leave(mail=mail, now=NOON)

    assert fates() == [MailFate.SENT]


def test_a_worker_that_ended_while_sending_leaves_it_in_doubt(workspace, mailoutbox):
    mail = MailFactory()
    Mail.objects.claim(mail.pk, now=NOON)
    Mail.objects.update(handed_over_at=NOON)

    sending.send_owed(now=NOON + LEASE + timedelta(seconds=1))

    assert fates() == [MailFate.IN_DOUBT]
    assert mailoutbox == []


def test_who_opted_out_erased_or_is_listed_gets_nothing(mails, mailoutbox):
    forbid(mails[0].lead)
    suppressing.suppress(
        email="LEAD-1@example.com",
        why=SuppressionWhy.BY_HAND,
        note="",
        actor=None,
        now=NOON,
    )
    mails[2].lead.email = mails[2].lead.email_key = ""
    mails[2].lead.save()

    sending.send_owed(now=NOON)

    assert fates()[:4] == [MailFate.NOT_SENT] * 3 + [MailFate.SENT]
    assert len(mailoutbox) == 7
    assert Mail.objects.get(pk=mails[0].pk).last_error == "No more, please"


def test_an_opt_out_while_the_round_goes_on_is_heeded(mails, monkeypatch):
    """The lead says no after its mail was taken from the list, before it begins."""
    taken = sending._begin

    def opting_out(mail, now):
        if mail.lead.email == "lead-7@example.com":
            signed = links.Signed(mail.pk, mail.lead_id)
            reactions.unsubscribe(signed=signed, now=now)
        return taken(mail, now)

    monkeypatch.setattr(sending, "_begin", opting_out)
    with serving() as sink:
        sending.send_owed(now=NOON)

    assert "lead-7@example.com" not in sink.addresses
    assert fates()[7] == MailFate.NOT_SENT


def test_a_mail_that_waits_is_called_off(client, workspace, mailoutbox):
    mail = MailFactory()
    client.force_login(UserFactory(role=Role.MARKETER))

    client.post(reverse("mail:decide", args=[mail.pk]), {"wish": "off"})
    sending.send_owed(now=timezone.now())

    assert fates() == [MailFate.NOT_SENT]
    assert mailoutbox == []


def test_a_round_of_mails_costs_the_same_queries_for_each(
    workspace, mailoutbox, django_assert_max_num_queries
):
    sending.plan(
        lead_ids=[LeadFactory().pk for _number in range(20)],
        template=MailTemplateFactory(),
        at=NOON,
        now=NOON,
    )

    with django_assert_max_num_queries(20 * 26 + 10):
        assert sending.send_owed(now=NOON) == 20


def test_the_outbox_shows_a_mail_as_it_was_sent(client, workspace, mailoutbox):
    template = MailTemplateFactory()
    lead = LeadFactory(first_name="Maya")
    sending.plan(lead_ids=[lead.pk], template=template, at=NOON, now=NOON)
    sending.send_owed(now=NOON)
    waiting = MailFactory(template=template, lead=LeadFactory(first_name="Ana"))
    template.subject, template.body = "Anew, {{ first_name }}", "Something else"
    template.save()
    lead.first_name = "Somebody"
    lead.save()
    client.force_login(UserFactory(role=Role.MARKETER))
    sent = Mail.objects.get(lead=lead)

    shown = client.get(reverse("mail:detail", args=[sent.pk])).context["composed"]
    planned = client.get(reverse("mail:detail", args=[waiting.pk])).context["composed"]

    assert shown.subject == mailoutbox[0].subject == "For you, Maya"
    assert shown.text.splitlines()[0] == mailoutbox[0].body.splitlines()[0] == "Hi Maya"
    assert sent.filled == {"first_name": "Maya"}
    assert planned.subject == "Anew, Ana"
    frame = client.get(reverse("mail:mail_frame", args=[sent.pk]))
    assert "Hi Maya" in frame.text


def test_words_that_were_sent_are_kept_once(mails, mailoutbox):
    template = mails[0].template
    sending.send_owed(now=NOON)
    template.body = "Other words"
    template.save()
    lead = LeadFactory()
    sending.plan(lead_ids=[lead.pk], template=template, at=NOON, now=NOON)
    sending.send_owed(now=NOON)

    assert [one.mails.count() for one in template.sent_words.all()] == [10, 1]
