import re
import smtplib
from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from leads import consents
from leads.capture.hosted import confirming
from leads.capture.hosted.choices import Box
from leads.capture.models import ConfirmationMail, Submission
from leads.choices import ConsentHow, Purpose, Role
from leads.models import Lead
from leads.owed import LEASE, OwedState
from tests import bad_inputs
from tests.capture.factories import HostedFormFactory, filled
from tests.leads.factories import NOON, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def form():
    return HostedFormFactory(is_double_opt_in=True)


@pytest.fixture
def submission(client, form):
    page = reverse("public:form", args=[form.slug])
    client.post(page, filled(form, now=timezone.now(), first_name="Maya"))
    return Submission.objects.get()


def link(submission, token=None):
    token = confirming.token_of(submission) if token is None else token
    return reverse("public:confirm", args=[submission.form.slug, token])


def test_a_submission_waits_and_one_mail_is_owed(submission, mailoutbox):
    assert submission.box == Box.WAITING
    assert not Lead.objects.exists()

    sent = [confirming.send_owed(now=timezone.now()) for _time in range(2)]

    assert sent == [1, 0]
    assert [mail.to for mail in mailoutbox] == [["maya@northwind.example"]]
    token = re.search(r"/confirm/([^/\s]+)/", mailoutbox[0].body)[1]
    form, now = submission.form, timezone.now()
    assert confirming.submission_of(token, form=form, now=now) == submission
    assert "Maya" not in mailoutbox[0].body


def test_opening_the_link_confirms_nothing_and_the_button_does(client, submission):
    for method in (client.get, client.head):
        assert method(link(submission)).status_code == 200
    assert not Lead.objects.exists()

    for _time in range(2):
        client.post(link(submission))

    submission.refresh_from_db()
    lead = Lead.objects.get()
    assert (submission.box, submission.lead) == (Box.COUNTED, lead)
    assert submission.confirmed_at
    assert lead.activities.count() == 1
    assert "is confirmed" in client.get(link(submission)).content.decode()


@pytest.mark.parametrize(
    "token",
    [
        lambda right: f"{right[:-1]}{'a' if right[-1] != 'a' else 'b'}",
        lambda right: right[: len(right) // 2],
        lambda right: "%25ff%2500!!",
        lambda right: "a" * 10_000,
        lambda right: signing.dumps(1, salt="leads.paging"),
    ],
)
def test_a_link_that_we_did_not_make_confirms_nothing(client, submission, token):
    address = link(submission, token(confirming.token_of(submission)))

    for method in (client.get, client.post):
        assert method(address).status_code == 404

    assert not Lead.objects.exists()


@pytest.mark.parametrize(("case", "expect"), bad_inputs.cases("tokens")[1:5])
def test_bad_tokens(client, submission, case, expect):
    right, told = confirming.token_of(submission), case["case"]
    token = told.get("token") or "a" * told.get("token_repeat", 0)
    if told.get("tamper"):
        token = right[:-1] + "~" if told["tamper"] == "last" else right[:20]

    answer = client.post(link(submission, token))

    assert answer.status_code == 404
    assert not Lead.objects.exists()


def test_the_link_of_another_form_confirms_nothing(client, submission):
    other = HostedFormFactory()
    token = confirming.token_of(submission)

    answer = client.post(reverse("public:confirm", args=[other.slug, token]))

    assert answer.status_code == 404


def test_a_link_ends_after_14_days(client, submission):
    received_at = timezone.now() - confirming.LASTS - timedelta(seconds=1)
    Submission.objects.update(received_at=received_at)

    assert client.post(link(submission)).status_code == 404
    assert not Lead.objects.exists()


def test_a_server_that_is_away_is_tried_again(submission, monkeypatch, mailoutbox):
    now = timezone.now()
    refuse(monkeypatch, ConnectionRefusedError("away"))
    confirming.send_owed(now=now)
    monkeypatch.undo()

    confirming.send_owed(now=now + timedelta(minutes=1))

    assert ConfirmationMail.objects.get().state == OwedState.DONE


def test_a_mail_that_was_perhaps_sent_is_not_sent_again(submission, monkeypatch):
    now = timezone.now()
    refuse(monkeypatch, smtplib.SMTPServerDisconnected("gone"))

    confirming.send_owed(now=now)

    mail = ConfirmationMail.objects.get()
    assert mail.is_stuck
    assert mail.last_error.startswith("Perhaps sent:")
    assert confirming.send_owed(now=now + timedelta(days=1)) == 0


def test_a_worker_that_ends_while_sending_leaves_it_in_doubt(submission, mailoutbox):
    now = timezone.now()
    mail = ConfirmationMail.objects.get()
    ConfirmationMail.objects.claim(mail.pk, now=now)
    ConfirmationMail.objects.update(handed_over_at=now)

    confirming.send_owed(now=now + LEASE + timedelta(seconds=1))

    mail.refresh_from_db()
    assert mail.is_stuck
    assert mailoutbox == []


def test_a_person_has_a_mail_in_doubt_sent_again(
    client, submission, monkeypatch, mailoutbox
):
    refuse(monkeypatch, smtplib.SMTPServerDisconnected("gone"))
    confirming.send_owed(now=timezone.now())
    monkeypatch.undo()
    client.force_login(UserFactory(role=Role.MARKETER))
    page = reverse("forms:submissions", args=[submission.form.pk]) + "?box=waiting"
    assert "Not sent" in client.get(page).content.decode()

    client.post(reverse("forms:send_again", args=[submission.pk]))
    confirming.send_owed(now=timezone.now())

    assert len(mailoutbox) == 1
    assert "Sent" in client.get(page).content.decode()


def test_spam_gets_no_mail_before_a_person_took_it_out(client, form, mailoutbox):
    posted = filled(form, now=timezone.now(), fax_number="1")
    client.post(reverse("public:form", args=[form.slug]), posted)
    confirming.send_owed(now=timezone.now())
    assert mailoutbox == []
    client.force_login(UserFactory(role=Role.MARKETER))

    client.post(reverse("forms:not_spam", args=[Submission.objects.get().pk]))
    confirming.send_owed(now=timezone.now())

    assert Submission.objects.get().box == Box.WAITING
    assert len(mailoutbox) == 1


def refuse(monkeypatch, error):
    """The mail server, as it fails."""

    def send(_self, *_arguments, **_options):
        raise error

    monkeypatch.setattr("leads.capture.hosted.confirming.EmailMessage.send", send)


def test_a_confirmed_consent_lifts_an_earlier_no(client):
    form = HostedFormFactory(
        is_double_opt_in=True, consent_text="Write to me.", consent_version=1
    )
    lead = LeadFactory(email="maya@northwind.example")
    consents.forbid(
        lead_ids=[lead.pk],
        purpose=Purpose.MAIL,
        why="Unsubscribed",
        how=ConsentHow.UNSUBSCRIBED,
        at=NOON,
    )
    posted = filled(form, now=timezone.now(), consent="on")
    client.post(reverse("public:form", args=[form.slug]), posted)

    client.post(link(Submission.objects.get()))

    lead.refresh_from_db()
    assert lead.do_not_mail_since is None
    assert lead.consents.get(is_given=True).how == ConsentHow.CONFIRMED
