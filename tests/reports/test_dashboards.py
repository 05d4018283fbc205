"""Dashboards: arranged by their owner, shared, frozen; and the weekly mail of one."""

import json
import smtplib
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse

from leads.choices import Role, Stage
from leads.owed import OwedState
from reports import dashboards, digests, tasks, tiles
from reports.dashboards import Shown
from reports.models import Dashboard, Digest, FrozenDashboard
from reports.tiles import OF_ROLE, TILES
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import LeadFactory, UserFactory
from tests.reports.factories import mql

pytestmark = pytest.mark.django_db

MARCH = {"from": "2026-03-01", "to": "2026-04-01"}
# A Monday; seven in the morning of the workspace, which is in UTC here.
MONDAY = datetime(2026, 3, 9, 7, tzinfo=UTC)
BEFORE = MONDAY - timedelta(days=3)


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def keys_of(dashboard):
    return [tile.key for tile in dashboard.tiles.all()]


def test_every_tile_is_drawn_as_plain_values(django_assert_max_num_queries):
    HandoffFactory(lead=LeadFactory(stage="sql", source="<b>web</b>"))
    mql()

    with django_assert_max_num_queries(120):
        drawn = tiles.draw(TILES, query=MARCH, reader=None, now=MONDAY)

    assert [each["key"] for each in drawn] == list(TILES)
    assert json.loads(json.dumps(drawn)) == drawn
    filled = [each["key"] for each in drawn if each["figures"] or each["section"]]
    # There is no deal, and nobody left a stage.
    empty = {key.partition(":")[0] for key in TILES if key not in filled}
    assert empty <= {"revenue", "velocity", "sources"}
    for keys in OF_ROLE.values():
        assert set(keys) <= set(TILES)


def test_a_provisional_conversion_is_marked_on_a_dashboard():
    for _ in range(20):
        mql((Stage.SQL, 1))

    figures, steps = tiles.draw(
        ("funnel:figures", "funnel:stages"), query=MARCH, reader=None, now=MONDAY
    )

    sql = figures["figures"][1]
    assert (sql["label"], sql["text"], sql["n"]) == ("SQL", "≈ 100.0 %", 20)
    assert steps["section"]["rows"][1]["cells"][1][1] == "≈ 100.0 % (n 20)"
    assert "provisional" in steps["section"]["note"]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_begins_with_a_dashboard_of_its_own(role):
    HandoffFactory()

    page = client_of(UserFactory(role=role)).get(reverse("dashboards:home"), MARCH)

    assert page.status_code == 200
    assert tuple(tile["key"] for tile in page.context["tiles"]) == OF_ROLE[role]


def test_a_person_arranges_a_copy_with_buttons():
    person = UserFactory(role=Role.MANAGER)
    client = client_of(person)

    made = client.post(reverse("dashboards:new"))
    dashboard = Dashboard.objects.get(owner=person)
    first, second, *rest = keys_of(dashboard)
    page = reverse("dashboards:arrange", args=[dashboard.pk])
    for deed in (f"down:{first}", f"up:{first}", f"down:{first}", f"widen:{first}"):
        client.post(page, {"deed": deed})
    client.post(page, {"deed": f"remove:{rest[0]}"})
    client.post(page, {"deed": "add", "key": "health:rules"})
    wrong = client.post(page, {"deed": "add", "key": "health:nothing"}, follow=True)
    unknown = client.post(page, {"deed": "burn"})

    assert made.url == page
    assert keys_of(dashboard) == [second, first, *rest[1:], "health:rules"]
    assert dashboard.tiles.get(key=first).is_wide
    assert "There is no such tile" in wrong.text
    assert unknown.status_code == 400
    assert "This cannot be undone" in client.get(page).text
    assert client.post(page, {"deed": "delete"}).url == reverse("dashboards:home")
    assert not Dashboard.objects.exists()


@pytest.mark.parametrize(
    ("at", "order"), [("0", "cab"), ("1", "acb"), ("2", "abc"), ("999", "abc")]
)
def test_a_tile_is_dropped_at_a_place_and_stays_there(at, order):
    person = UserFactory(role=Role.MANAGER)
    keys = dict(zip("abc", list(TILES)[:3], strict=True))
    made = dashboards.create(owner=person, name="Board", keys=list(keys.values()))
    page = reverse("dashboards:arrange", args=[made.pk])

    client_of(person).post(page, {"deed": "place", "key": keys["c"], "at": at})

    assert keys_of(made) == [keys[letter] for letter in order]


@pytest.mark.parametrize("at", ["", "-1", "x", "9999", "\u0664"])
def test_a_place_that_is_none_is_refused(at):
    person = UserFactory(role=Role.MANAGER)
    made = dashboards.create(owner=person, name="Board", keys=list(TILES)[:2])
    page = reverse("dashboards:arrange", args=[made.pk])
    asked = {"deed": "place", "key": next(iter(TILES)), "at": at}

    assert client_of(person).post(page, asked).status_code == 400
    assert keys_of(made) == list(TILES)[:2]


def test_only_shared_dashboards_are_opened_by_others_and_nobody_else_arranges_them():
    owner, other = UserFactory(role=Role.MANAGER), UserFactory(role=Role.MARKETER)
    made = dashboards.create(owner=owner, name="Board", keys=["funnel:stages"])
    reading, arranging = client_of(other), client_of(owner)
    edit = reverse("dashboards:arrange", args=[made.pk])

    assert reading.get(made.get_absolute_url()).status_code == 404
    said = {"deed": "save", "name": "For all", "period": "90d", "is_shared": "on"}
    assert arranging.post(edit, said).status_code == 302
    page = reading.get(made.get_absolute_url())
    assert page.status_code == 200
    assert (page.context["period"].end - page.context["period"].start).days == 90
    assert reading.get(edit).status_code == 404
    assert arranging.post(edit, {**said, "name": ""}).status_code == 422


def test_frozen_figures_stay_until_they_are_revoked():
    mql()
    person = UserFactory(role=Role.MANAGER)
    client = client_of(person)
    client.post(reverse("dashboards:freeze"), MARCH)
    frozen = FrozenDashboard.objects.get()
    for _ in range(3):
        mql()

    page = client_of(UserFactory(role=Role.REP)).get(frozen.get_absolute_url())
    funnel = next(each for each in frozen.drawn if each["key"] == "funnel:stages")

    assert "1 Mar 2026 to 31 Mar 2026" in page.text
    assert funnel["section"]["rows"][0]["cells"][0][1] == "1"
    assert Client().get(frozen.get_absolute_url()).status_code == 302
    revoke = reverse("dashboards:revoke", args=[frozen.token])
    assert client_of(UserFactory()).post(revoke).status_code == 404
    client.post(revoke)
    assert client.get(frozen.get_absolute_url()).status_code == 404
    assert "Revoked" in client.get(reverse("dashboards:frozen-list")).text
    assert client.post(reverse("dashboards:freeze"), {"from": "x"}).status_code == 400


# --- The weekly mail ----------------------------------------------------------------


def test_the_mail_of_a_week_is_owed_on_monday_and_sent_once():
    mql()
    person = UserFactory(role=Role.MANAGER, name="Mia")
    client_of(person).post(reverse("dashboards:digest"), {"on": "1"})
    digests.wish(person=person, dashboard=None, now=BEFORE)

    for hours in (-1, 0, 1, 30):
        tasks.send_digests(now=(MONDAY + timedelta(hours=hours)).isoformat())

    (sent,) = mail.outbox
    assert sent.to == [person.email]
    assert "week of 9 March 2026" in sent.subject
    html, kind = sent.alternatives[0]
    assert kind == "text/html"
    # Bars are cells; nothing is fetched, and the text says the same.
    assert 'bgcolor="#4f6bed"' in html
    assert not any(word in html for word in ("<img", "<script", "style=", "src="))
    assert "MQL · Leads 1" in sent.body
    assert Digest.objects.get().week == date(2026, 3, 9)
    tasks.send_digests(now=(MONDAY + timedelta(days=7)).isoformat())
    assert len(mail.outbox) == 2


def mail_to(person, *keys):
    shown = Shown("Mine", keys, frozenset(), "12m")
    digest = Digest(person=person, week=MONDAY.date())
    sent = digests.message(digest=digest, shown=shown, now=MONDAY)
    return sent.body, sent.alternatives[0][0]


def test_a_mail_says_of_what_and_of_how_many_its_numbers_are():
    for _ in range(20):
        LeadFactory(stage="sql", source="web")

    text, page = mail_to(
        UserFactory(role=Role.MANAGER), "agreement:figures", "sources:sources"
    )

    assert "- Acceptance, Mar 2026: – (n 0)" in text
    assert "SQL of leads</font>" in page
    assert "100.0 % (n 20)" in page
    for each in (text, page):
        assert "younger ones have had less time" in each


@pytest.mark.parametrize(("role", "opens"), [(Role.MANAGER, True), (Role.REP, False)])
def test_a_mail_leads_to_reports_only_whoever_may_read_them(role, opens):
    HandoffFactory()

    for each in mail_to(UserFactory(role=role), "acceptance:outcomes"):
        assert ("/reports/acceptance/" in each) is opens
        assert "/dashboards/" in each


def test_who_asks_late_or_no_longer_gets_none():
    late, gone = UserFactory(), UserFactory()
    digests.wish(person=late, dashboard=None, now=MONDAY + timedelta(hours=1))
    digests.wish(person=gone, dashboard=None, now=BEFORE)
    digests.owe(now=MONDAY)
    client_of(gone).post(reverse("dashboards:digest"), {})

    digests.send_owed(now=MONDAY + timedelta(hours=2))

    assert mail.outbox == []
    assert Digest.objects.get().state == OwedState.CANCELLED


def test_a_mail_that_was_perhaps_sent_is_left_to_a_person(monkeypatch):
    person = UserFactory()
    digests.wish(person=person, dashboard=None, now=BEFORE)
    digests.owe(now=MONDAY)
    failing = iter([ConnectionRefusedError(), smtplib.SMTPServerDisconnected()])

    def fail(*args):
        raise next(failing)

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    assert digests.send_owed(now=MONDAY) == 0
    digest = Digest.objects.get()
    assert (digest.state, digest.handed_over_at) == (OwedState.DUE, None)
    digests.send_owed(now=MONDAY + timedelta(minutes=1))

    digest.refresh_from_db()
    assert digest.state == OwedState.STUCK
    assert "Perhaps sent" in digest.last_error
    operations = client_of(UserFactory(role=Role.MANAGER)).get(reverse("operations"))
    assert "Weekly mail" in operations.text
    monkeypatch.undo()
    assert digests.send_again(digest=digest, now=MONDAY + timedelta(hours=1))
    assert digests.send_owed(now=MONDAY + timedelta(hours=1)) == 1
