"""The sample workspace: refused where it would do harm, and always the same."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from config.demo import (
    behaviour,
    bells,
    course,
    marketing,
    outbound,
    people,
    prospects,
    releases,
    story,
)
from config.demo.agenda import Agenda
from config.demo.doubles import DOUBLES
from config.demo.files import UNREADABLE, VISITORS
from config.demo.sales import VISITOR, Sales
from handoff.desk import claims
from handoff.models import Handoff
from handoff.routing import offers
from leads import duplicates
from leads.capture.models import FileImport
from leads.choices import Role, Stage
from leads.duplicates import Ground
from leads.models import Activity, Lead, Notification, StageChange, User
from leads.owed import OwedState
from scoring.models import Agreement, ScoringModel
from tests.leads.factories import LeadFactory, NotificationFactory, UserFactory

UNTIL = datetime(2026, 11, 22, 8, tzinfo=UTC)
# Leads that come twice, those of the list from the fair, and those that sales found.
BESIDE = DOUBLES + VISITORS - len(UNREADABLE) + outbound.FOUND


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.IMPORTS_DIR = tmp_path


@pytest.fixture
def short_course(monkeypatch):
    """The nine months in few steps, since each does every duty."""
    instants = course.steps(until=UNTIL)
    monkeypatch.setattr(course, "steps", lambda *, until: [*instants[:-1:24], until])


def tell(lead_count=60):
    story.tell(lead_count=lead_count, until=UNTIL, report=lambda done, total: None)


def invent(lead_count):
    companies = prospects.invent_companies(count=lead_count // 5)
    return prospects.invent_prospects(
        count=lead_count, companies=companies, until=UNTIL
    )


def test_it_is_refused_without_debug(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG=true"):
        call_command("demo", no_serve=True)


def test_a_taken_port_is_told_before_anything_is_made(settings):
    settings.DEBUG = True
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]

        with pytest.raises(CommandError, match=f"Port {port} of 127.0.0.1 is taken"):
            call_command("demo", port=port)


@pytest.mark.django_db
def test_leads_of_ones_own_are_left_alone(settings):
    settings.DEBUG = True
    Lead.objects.create(email="maya@northwind.example")

    with pytest.raises(CommandError, match="leads of your own"):
        call_command("demo", no_serve=True)

    assert not people.are_present()


@pytest.mark.django_db(transaction=True)
def test_a_second_run_keeps_the_data_and_a_reset_makes_it_afresh(
    settings, short_course, capsys
):
    settings.DEBUG = True
    call_command("demo", no_serve=True, leads=20)
    Lead.objects.order_by("pk").first().delete()
    call_command("demo", no_serve=True, leads=20)
    assert Lead.objects.count() == 19 + BESIDE

    call_command("demo", no_serve=True, reset=True, leads=20)

    assert Lead.objects.count() == 20 + BESIDE
    assert "rep@baton.example" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_four_people_sign_in_and_their_colleagues_do_not(workspace):
    people.make()

    able = [user.email for user in User.objects.all() if user.has_usable_password()]

    assert sorted(email.split("@")[0] for email in able) == [
        "admin",
        "manager",
        "marketer",
        "rep",
    ]


@pytest.mark.django_db
def test_the_model_was_released_twice_and_signed_and_a_draft_is_open(workspace):
    agenda, starts_at = Agenda(), UNTIL - timedelta(days=course.DAYS)
    releases.begin(now=starts_at)
    releases.plan(
        agenda=agenda,
        marketer=UserFactory(role=Role.MARKETER),
        manager=UserFactory(role=Role.MANAGER),
        starts_at=starts_at,
        until=UNTIL,
    )

    agenda.work_off(now=UNTIL)

    found = ScoringModel.objects.order_by("version").values_list("status", flat=True)
    assert list(found) == ["retired", "active", "draft"]
    assert Agreement.objects.filter(model__status="active").count() == 2


@pytest.mark.django_db(transaction=True)
def test_nine_months_are_lived_by_the_products_own_rules_and_twice_alike(
    workspace, short_course
):
    stages = []
    for _ in range(2):
        call_command("flush", interactive=False, verbosity=0)
        call_command("setup")
        tell(lead_count=40)
        changes = StageChange.objects.order_by("at", "pk")
        stages.append(list(changes.values_list("lead__email", "to_stage", "at")))

    assert stages[0] == stages[1]
    assert Lead.objects.count() == 40 + BESIDE
    assert not Lead.objects.filter(standing=None).exists()
    assert duplicates.count(ground=Ground.PERSON) >= DOUBLES
    assert not Activity.objects.filter(occurred_at__gt=UNTIL).exists()
    assert not StageChange.objects.filter(at__gt=UNTIL).exists()
    assert Handoff.objects.exclude(status="pending").exists()
    brought = FileImport.objects.get()
    assert (brought.state, brought.refused) == (OwedState.DONE, len(UNREADABLE))
    assert brought.created == VISITORS - len(UNREADABLE)


def brazilian(**fields):
    """A lead that nobody of the first team serves, in its pool since noon."""
    people.make()
    lead = LeadFactory(stage=Stage.SQL, country="Brazil")
    made = offers.route_leads(lead_ids=[lead.pk], now=UNTIL - timedelta(**fields))
    return made[0]


@pytest.mark.django_db
def test_the_pool_waits_for_the_visitor_with_the_last_of_whom_nobody_serves(workspace):
    handoff, agenda = brazilian(hours=3), Agenda()
    prospect_by_id = {handoff.lead_id: invent(5)[0]}

    Sales(agenda=agenda, prospects=prospect_by_id, until=UNTIL).take_up([handoff])
    agenda.work_off(now=UNTIL)

    visitor = User.objects.get(email=VISITOR)
    assert claims.may_claim(handoff=Handoff.objects.get(), user=visitor)


@pytest.mark.django_db
def test_a_colleague_takes_from_the_pool_and_decides_what_waited_there_before(
    workspace,
):
    handoff, agenda = brazilian(days=30), Agenda()
    prospect_by_id = {handoff.lead_id: invent(5)[0]}

    Sales(agenda=agenda, prospects=prospect_by_id, until=UNTIL).take_up([handoff])
    agenda.work_off(now=UNTIL)

    handoff.refresh_from_db()
    assert handoff.rep.email != VISITOR
    assert handoff.rep.rep.team == handoff.team
    assert not handoff.is_open


@pytest.mark.django_db
def test_only_the_news_of_the_last_day_is_unread():
    for hours in (1, 40):
        NotificationFactory(made_at=UNTIL - timedelta(hours=hours))

    bells.read(until=UNTIL)

    assert Notification.objects.get(read_at=None).made_at > UNTIL - timedelta(hours=2)


def test_nobody_acts_before_being_heard_of():
    starts_at = course.steps(until=UNTIL)[0]
    programme = marketing.plan_programme(starts_at=starts_at, until=UNTIL)

    for one in invent(300):
        seen = behaviour.imagine(prospect=one, programme=programme)
        assert seen == sorted(seen, key=lambda sighting: sighting.at)
        assert seen[0].at >= one.arrives_at


def test_every_invented_address_belongs_to_one_person_and_to_nobody_outside():
    addresses = [one.email for one in invent(2_000) if one.email]

    assert len(set(addresses)) == len(addresses)
    assert all(address.endswith(".example") for address in addresses)
    assert all(address.isascii() for address in addresses)


def test_the_story_ends_now_and_hurries_slowly():
    instants = course.steps(until=UNTIL)

    assert instants == sorted(set(instants))
    assert instants[-1] == UNTIL
    assert len(instants) < 150
