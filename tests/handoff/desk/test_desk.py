"""Managers see who has how much to do, and move work."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from handoff import lifecycle
from handoff.choices import HandoffStatus, ReasonCategory
from handoff.desk import covering, load, past_due
from handoff.models import Absence, Handoff, Seat
from handoff.sla import enforcement
from leads import activities
from leads.activities import NewActivity
from leads.choices import ActivityKind, Role
from tests.handoff.factories import HandoffFactory, ReasonFactory, manager
from tests.leads.factories import (
    NOON,
    LeadFactory,
    RepFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DESK = "/desk/"


def decided(rep, status, count, **fields):
    for _number in range(count):
        HandoffFactory(
            rep=rep, lead=LeadFactory(), status=status, decided_at=NOON, **fields
        )


def cover(rep, to=None):
    return covering.cover(
        rep=rep, to=to, reason="On holiday", actor=manager(), now=NOON
    )


def test_the_load_counts_what_waits_and_what_is_late():
    rep = RepFactory()
    HandoffFactory(rep=rep)
    HandoffFactory(rep=rep, due_at=NOON - timedelta(hours=1))

    (found,) = load.loads(now=NOON + timedelta(minutes=1))

    seen = found.candidate
    assert (seen.waiting, seen.given_today, found.overdue) == (2, 2, 1)


def accepted_long_ago(rep):
    """Offered and accepted at noon, with a follow-up that is due a day later."""
    handoff = HandoffFactory(rep=rep)
    enforcement.enforce(now=NOON)
    lifecycle.accept(handoff=handoff, actor=rep.user, now=NOON)
    enforcement.enforce(now=NOON)
    return handoff


def test_the_desk_lists_first_follow_ups_past_due_until_somebody_does_them(client):
    rep = RepFactory()
    handoff = accepted_long_ago(rep)
    later = NOON + timedelta(days=2)
    assert not past_due.follow_ups(now=NOON + timedelta(hours=23))
    assert load.loads(now=later)[0].past_due == 1
    client.force_login(manager())
    panel = client.get(DESK).text.split("First follow-ups past due")[1]
    assert str(handoff.lead) in panel

    call = NewActivity(handoff.lead_id, ActivityKind.CALL, later, actor=rep.user)
    activities.record(activities=[call])

    assert not past_due.follow_ups(now=later)
    assert load.loads(now=later)[0].past_due == 0


def test_a_follow_up_past_due_is_with_whoever_has_the_lead_by_now(client):
    former, rep = RepFactory(), RepFactory()
    handoff = accepted_long_ago(former)
    client.force_login(manager())

    answer = client.post(
        f"/desk/leads/{handoff.lead_id}/?origin=desk",
        {"rep": rep.pk, "reason": "Nobody has called"},
    )

    assert answer.url == DESK
    (found,) = past_due.follow_ups(now=NOON + timedelta(days=2))
    assert found.keeper == rep.user_id
    late = {one.rep: one.unfollowed for one in load.loads(now=NOON + timedelta(days=2))}
    assert late == {former: 0, rep: 1}


def test_the_desk_says_why_routing_gives_a_rep_nothing(client):
    enough = RepFactory()
    Seat.objects.create(rep=enough, capacity_per_day=1)
    HandoffFactory(rep=enough, assigned_at=timezone.now())
    client.force_login(manager())

    text = client.get(DESK).text

    assert "Enough for today" in text
    assert "1 of 1" in text


def test_the_pool_on_the_desk_says_which_rep_could_not_and_why(client):
    line = {"user": 1, "name": "Ana Silva", "skipped": "full_today"}
    owner = {"user": 2, "name": "Tom Becker", "skipped": "away"}
    trace = {
        "routed_by": "nobody_free",
        "passed_over": [owner],
        "candidates": [line, {**line, "skipped": ""}],
    }
    HandoffFactory(rep=None, trace=trace)
    client.force_login(manager())

    text = client.get(DESK).text

    assert "Tom Becker: away" in text
    assert text.count("Ana Silva: has had enough for today") == 1


def test_a_rate_has_its_interval_and_of_few_decisions_none_is_shown(client):
    rep = RepFactory()
    now = timezone.now()
    decided(rep, HandoffStatus.ACCEPTED, 15, routed_at=now)
    decided(rep, HandoffStatus.REJECTED, 4, reason=ReasonFactory(), routed_at=now)
    client.force_login(manager())
    assert "too few (n = 19)" in client.get(DESK).text

    decided(rep, HandoffStatus.REJECTED, 1, reason=ReasonFactory(), routed_at=now)

    text = client.get(DESK).text
    assert "75.0 % (n = 20)" in text
    assert "53.1–88.8 %" in text


def test_misrouted_ones_do_not_count_against_a_rep():
    rep = RepFactory()
    decided(rep, HandoffStatus.ACCEPTED, 20)
    routing = ReasonFactory(category=ReasonCategory.ROUTING)
    decided(rep, HandoffStatus.REJECTED, 5, reason=routing)

    (found,) = load.loads(now=NOON)

    assert (found.accepted, found.judged) == (20, 20)


def test_an_absent_reps_work_goes_to_those_with_the_most_room():
    rep = RepFactory()
    busy, free = RepFactory(team=rep.team, capacity=1), RepFactory(team=rep.team)
    RepFactory(team=rep.team, is_available=False)
    for _number in range(3):
        HandoffFactory(rep=rep)

    assert len(cover(rep).moved) == 3

    assert Handoff.objects.filter(rep=free.user).count() == 3
    assert not Handoff.objects.filter(rep=busy.user).exists()
    assert Handoff.objects.first().trace["reassigned"][0]["reason"] == "On holiday"


def test_it_may_all_go_to_one_rep():
    rep, other = RepFactory(), RepFactory()
    HandoffFactory(rep=rep)

    assert len(cover(rep, other).moved) == 1
    assert not cover(rep, other).moved
    assert Handoff.objects.get().rep == other.user


def test_who_is_away_covers_for_nobody_and_nobody_gets_more_than_there_is_room_for():
    rep = RepFactory()
    small = RepFactory(team=rep.team, capacity=1)
    away = RepFactory(team=rep.team)
    Absence.objects.create(
        rep=away, starts_at=NOON, ends_at=NOON + timedelta(days=3), made_by=rep.user
    )
    for _number in range(2):
        HandoffFactory(rep=rep)

    outcome = cover(rep)

    assert [one.rep for one in outcome.moved] == [small.user]
    assert outcome.refused == [f"1 lead stays with {rep}: there is no room for more."]
    assert {one.away_until for one in load.loads(now=NOON) if one.rep == away} == {
        (NOON + timedelta(days=3)).date()
    }


def test_work_stays_where_nobody_could_take_it():
    rep = RepFactory()
    HandoffFactory(rep=rep)

    with pytest.raises(covering.NobodyThereError):
        cover(rep)

    assert Handoff.objects.get().rep == rep.user


def test_a_manager_covers_on_the_page(client):
    rep, other = RepFactory(), RepFactory()
    HandoffFactory(rep=rep, due_at=timezone.now() - timedelta(hours=1))
    HandoffFactory(rep=None)
    client.force_login(manager())
    address = f"{DESK}{rep.pk}/cover/"

    page, asked = client.get(DESK), client.get(address)
    wrong = client.post(address, {"reason": ""})
    done = client.post(address, {"to": other.pk, "reason": "Ill"}, follow=True)

    assert (page.status_code, asked.status_code, wrong.status_code) == (200, 200, 422)
    assert "1 lead moved." in done.text
    client.post(f"{DESK}{rep.pk}/presence/", {"is_available": "0"})
    rep.refresh_from_db()
    assert not rep.is_available


def test_who_covers_is_told_before_and_nobody_who_is_away_is_offered(client):
    rep = RepFactory()
    there = RepFactory(team=rep.team, user__name="Ben Okoro", capacity=9)
    away = RepFactory(team=rep.team, user__name="Tom Becker")
    now = timezone.now()
    Absence.objects.create(
        rep=away, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1)
    )
    HandoffFactory.create_batch(2, rep=rep)
    HandoffFactory(rep=there)
    client.force_login(manager())

    text = client.get(f"{DESK}{rep.pk}/cover/").text

    assert "Ben Okoro <b>2</b>" in text
    assert "1 of 9 waiting" in text
    assert "Tom Becker" not in text
    given = {"to": away.pk, "reason": "On holiday"}
    assert client.post(f"{DESK}{rep.pk}/cover/", given).status_code == 422


def test_the_page_promises_no_more_than_there_is_room_for(client):
    ana = RepFactory(user__name="Ana Ruiz")
    tom = RepFactory(team=ana.team, user__name="Tom Berg", capacity=3)
    HandoffFactory(rep=tom)
    HandoffFactory.create_batch(6, rep=ana)
    client.force_login(manager())
    address = f"{DESK}{ana.pk}/cover/"

    text = client.get(address).text
    done = client.post(address, {"reason": "On holiday"}, follow=True)

    assert "Tom Berg <b>2</b>" in text
    for page in (text, done.text):
        assert "4 leads stay with Ana Ruiz: there is no room for more." in page
    assert "2 leads moved." in done.text
    assert "is full" not in done.text


def test_to_one_rep_goes_the_most_urgent_as_far_as_there_is_room():
    rep, other = RepFactory(), RepFactory(capacity=2)
    HandoffFactory(rep=other)
    HandoffFactory(rep=rep)
    soon = HandoffFactory(rep=rep, due_at=NOON + timedelta(hours=1))

    outcome = cover(rep, other)

    assert [one.pk for one in outcome.moved] == [soon.pk]
    assert outcome.refused == [f"1 lead stays with {rep}: there is no room for more."]


@pytest.mark.parametrize("colleagues", [0, 1])
def test_where_nothing_waits_nobody_would_take_anything_and_nobody_is_missed(
    client, colleagues
):
    rep = RepFactory()
    RepFactory.create_batch(colleagues, team=rep.team)
    client.force_login(manager())

    text = client.get(f"{DESK}{rep.pk}/cover/").text

    assert "would take" not in text
    assert "Nobody else" not in text
    assert f"Nothing waits for {rep}" in text
    assert "Give to others" not in text
    assert 'name="reason"' not in text
    assert "Back to the desk" in text


def test_a_team_without_anybody_else_is_said_to_be_one(client):
    rep = RepFactory()
    HandoffFactory(rep=rep)
    client.force_login(manager())

    text = client.get(f"{DESK}{rep.pk}/cover/").text

    assert "Nobody else in the team takes new leads" in text
    assert "would take" not in text


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
def test_the_desk_is_the_managers(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(DESK).status_code == 403


def test_ten_reps_cost_as_many_queries_as_one(client, django_assert_num_queries):
    client.force_login(manager())
    HandoffFactory(due_at=NOON)
    HandoffFactory(rep=None, team=Handoff.objects.get().team)
    client.get(DESK)
    with CaptureQueriesContext(connection) as for_one:
        client.get(DESK)
    for _number in range(9):
        HandoffFactory(due_at=NOON)

    with django_assert_num_queries(len(for_one)):
        client.get(DESK)
