"""A rep hears of each lead that becomes theirs, once."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff import lifecycle, notices, routing
from handoff.models import Notice
from handoff.querysets import NoticeQuerySet
from leads.choices import Role, Stage
from leads.models import Lead, User
from leads.owed import MAX_ATTEMPTS, OwedState
from tests.handoff.factories import HandoffFactory, NoticeFactory, manager
from tests.leads.factories import (
    NOON,
    AccountFactory,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/operations/"


@pytest.fixture
def team():
    return TeamFactory(is_default=True)


@pytest.fixture
def broken_server(monkeypatch):
    monkeypatch.setattr(
        EmailMessage, "send", raising(ConnectionRefusedError("nobody listens"))
    )


@pytest.fixture
def stuck():
    return NoticeFactory(
        state=OwedState.STUCK,
        attempts=MAX_ATTEMPTS,
        ended_at=NOON,
        last_error="SMTPRecipientsRefused: no such person",
    )


class CrashError(Exception):
    """Ends a worker in the middle of its work."""


def raising(error):
    def fail(*_args, **_options):
        raise error

    return fail


def route(count):
    leads = [LeadFactory(stage=Stage.SQL) for _number in range(count)]
    routing.route_leads(lead_ids=[lead.pk for lead in leads], now=NOON)


def reassign(handoff, rep):
    lifecycle.reassign(handoff=handoff, rep=rep, actor=manager(), now=NOON)


def receivers(mailoutbox):
    return [address for mail in mailoutbox for address in mail.to]


def test_a_routed_lead_is_told_to_its_rep_once(team, mailoutbox):
    rep = RepFactory(team=team)
    route(1)

    assert [notices.send_owed(now=NOON) for _again in range(2)] == [1, 0]

    assert receivers(mailoutbox) == [rep.user.email]
    assert Notice.objects.get().state == OwedState.DONE


def test_nobody_is_told_of_a_lead_in_the_pool(team):
    route(1)

    assert not Notice.objects.exists()


def test_who_takes_a_lead_from_the_pool_needs_no_mail():
    rep = RepFactory()
    handoff = HandoffFactory(rep=None, team=rep.team)

    lifecycle.accept(handoff=handoff, actor=rep.user, now=NOON)

    assert not Notice.objects.exists()


def test_after_a_reassignment_only_the_new_rep_is_told(mailoutbox):
    notice, rep = NoticeFactory(), RepFactory()

    reassign(notice.handoff, rep)
    notices.send_owed(now=NOON)

    assert receivers(mailoutbox) == [rep.user.email]
    notice.refresh_from_db()
    assert notice.state == OwedState.CANCELLED


def test_who_gets_a_lead_back_is_told_again(mailoutbox):
    first, second = RepFactory(), RepFactory()
    handoff = NoticeFactory(handoff=HandoffFactory(rep=first)).handoff
    for rep in (second, first):
        notices.send_owed(now=NOON)
        reassign(handoff, rep)

    notices.send_owed(now=NOON)

    told = [rep.user.email for rep in (first, second, first)]
    assert receivers(mailoutbox) == told


def test_the_mail_says_who_why_and_until_when(mailoutbox, settings):
    settings.SITE_URL = "https://baton.example/"
    account = AccountFactory(name="Northwind")
    lead = LeadFactory(
        stage=Stage.SQL, last_name="Okafor", title="VP Operations", account=account
    )
    why = [{"what": "Pricing page", "count": 3}, {"what": "Demo request", "count": 1}]
    brief = {"engagement": 77.6, "grade": "A", "why": why}
    notice = NoticeFactory(handoff=HandoffFactory(lead=lead, brief=brief))
    User.objects.filter(pk=notice.person_id).update(time_zone="Europe/Berlin")

    notices.send_owed(now=NOON)

    (mail,) = mailoutbox
    assert mail.subject == "Maya Okafor (Northwind) is yours"
    assert mail.body == (
        "Maya Okafor\nVP Operations · Northwind\n\n"
        "Score 78, grade A\nWhy now: Pricing page (3 times) · Demo request\n\n"
        "Please decide by Tue 3 Mar 2026, 13:00 CET.\n\n"
        f"https://baton.example/leads/{lead.pk}/\n"
    )


def test_a_line_break_in_a_name_makes_no_header(mailoutbox):
    lead = LeadFactory(stage=Stage.SQL, last_name="Okafor\nBcc: all@baton.example")
    NoticeFactory(handoff=HandoffFactory(lead=lead))

    notices.send_owed(now=NOON)

    assert mailoutbox[0].subject == "Maya Okafor Bcc: all@baton.example is yours"


def test_a_second_worker_does_not_send_what_the_first_is_sending(
    mailoutbox, monkeypatch
):
    NoticeFactory()
    send, meanwhile = EmailMessage.send, []

    def slowly(self, fail_silently=False):
        meanwhile.append(notices.send_owed(now=NOON))
        return send(self)

    monkeypatch.setattr(EmailMessage, "send", slowly)

    assert notices.send_owed(now=NOON) == 1
    assert (meanwhile, len(mailoutbox)) == ([0], 1)


def test_after_a_crash_it_is_sent_again_under_the_same_id(mailoutbox, monkeypatch):
    NoticeFactory()
    with monkeypatch.context() as crashing:
        crashing.setattr(NoticeQuerySet, "finish", raising(CrashError()))
        with pytest.raises(CrashError):
            notices.send_owed(now=NOON)

    assert notices.send_owed(now=NOON + timedelta(minutes=6)) == 1

    first, second = (mail.extra_headers["Message-ID"] for mail in mailoutbox)
    assert first == second


def test_a_failure_leaves_it_due_and_it_is_sent_later(mailoutbox, monkeypatch):
    notice = NoticeFactory()
    with monkeypatch.context() as broken:
        refused = SMTPRecipientsRefused({notice.person.email: (450, b"busy")})
        broken.setattr(EmailMessage, "send", raising(refused))
        assert notices.send_owed(now=NOON) == 0

    notice.refresh_from_db()
    assert notice.state == OwedState.DUE
    assert "busy" in notice.last_error
    assert notices.send_owed(now=NOON) == 0
    assert notices.send_owed(now=NOON + timedelta(seconds=10)) == 1


def test_a_server_that_is_away_costs_one_try_a_round(broken_server):
    for _number in range(3):
        NoticeFactory()

    notices.send_owed(now=NOON)

    assert sorted(Notice.objects.values_list("attempts", flat=True)) == [0, 0, 1]


def test_after_five_failures_it_is_stuck_and_can_be_run_again(
    broken_server, mailoutbox, monkeypatch
):
    notice = NoticeFactory()
    for hour in range(MAX_ATTEMPTS):
        notices.send_owed(now=NOON + timedelta(hours=hour))
    notice.refresh_from_db()
    assert notice.is_stuck
    monkeypatch.undo()

    assert notices.run_again(notices=Notice.objects.all(), now=NOON) == 1

    assert notices.send_owed(now=NOON) == 1


@pytest.mark.parametrize("deed", ["decided", "left"])
def test_nobody_is_told_what_no_longer_concerns_them(deed, mailoutbox):
    notice = NoticeFactory()
    if deed == "decided":
        lifecycle.accept(handoff=notice.handoff, actor=notice.person, now=NOON)
    else:
        User.objects.filter(pk=notice.person_id).update(is_active=False)

    assert notices.send_owed(now=NOON) == 0

    notice.refresh_from_db()
    assert (notice.state, mailoutbox) == (OwedState.CANCELLED, [])


def test_ten_leads_owe_their_mails_with_as_many_queries_as_one(
    team, django_assert_num_queries
):
    RepFactory(team=team)
    route(1)
    ten = [LeadFactory(stage=Stage.SQL).pk for _number in range(11)]
    with CaptureQueriesContext(connection) as for_one:
        routing.route_leads(lead_ids=ten[:1], now=NOON)

    with django_assert_num_queries(len(for_one)):
        routing.route_leads(lead_ids=ten[1:], now=NOON)

    assert Notice.objects.count() == Lead.objects.count()


def test_a_manager_finds_what_is_stuck_and_runs_it_again(client, stuck, mailoutbox):
    client.force_login(manager())

    page = client.get(PAGE)
    answer = client.post(f"{PAGE}{stuck.pk}/run-again/", follow=True)

    assert "no such person" in page.text
    assert "1 message will be tried again." in answer.text
    assert "Nothing is stuck" in answer.text
    stuck.refresh_from_db()
    assert stuck.state == OwedState.DUE


def test_all_that_is_stuck_can_be_run_again_at_once(client, stuck):
    NoticeFactory(state=OwedState.STUCK, ended_at=NOON)
    client.force_login(manager())

    assert "Run all again" in client.get(PAGE).text
    client.post(f"{PAGE}run-again/")

    assert not Notice.objects.stuck().exists()


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
def test_others_do_not_see_operations(client, stuck, role):
    client.force_login(UserFactory(role=role))

    answers = [client.get(PAGE), client.post(f"{PAGE}{stuck.pk}/run-again/")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert PAGE not in client.get("/leads/").text


def test_ten_stuck_rows_cost_as_many_queries_as_one(
    client, stuck, django_assert_num_queries
):
    client.force_login(manager())
    client.get(PAGE)
    with CaptureQueriesContext(connection) as for_one_row:
        client.get(PAGE)
    for _number in range(9):
        NoticeFactory(state=OwedState.STUCK, ended_at=NOON)

    with django_assert_num_queries(len(for_one_row)):
        client.get(PAGE)
