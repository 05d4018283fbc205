from datetime import timedelta

import pytest

from handoff import lifecycle
from handoff.choices import OnExpiry
from handoff.desk import reassigning, working
from handoff.models import Clock
from handoff.sla import announcements, enforcement
from leads import news_words
from leads.choices import NotificationKind, Role
from leads.models import Notification
from tests.handoff.factories import HandoffFactory
from tests.handoff.sla.factories import ServiceLevelFactory
from tests.leads.factories import (
    NOON,
    AccountFactory,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DUE = NOON + 8 * HOUR


@pytest.fixture
def team():
    """Around the clock: warned after six hours, due after eight, taken after nine."""
    team = TeamFactory()
    ServiceLevelFactory(
        team=team, escalate_minutes=30, on_expiry=OnExpiry.NEXT, expire_minutes=60
    )
    return team


@pytest.fixture
def handoff(team):
    lead = LeadFactory(
        first_name="Maya",
        last_name="Okafor",
        account=AccountFactory(name="Northwind"),
        stage="sql",
    )
    made = HandoffFactory(lead=lead, rep=RepFactory(team=team))
    enforcement.enforce(now=NOON)
    return made


@pytest.fixture
def manager():
    return UserFactory(role=Role.MANAGER)


def told(person):
    news = list(Notification.objects.filter(person=person).order_by("pk"))
    news_words.put_into_words(news=news)
    return [(one.kind, one.title) for one in news]


def test_a_rep_is_warned_and_told_and_loses_the_lead(handoff, manager):
    handoff.rep.time_zone = "Europe/Berlin"
    handoff.rep.save(update_fields=["time_zone"])
    for minutes in (360, 480, 510, 540):
        for _twice in range(2):
            enforcement.enforce(now=NOON + timedelta(minutes=minutes))

    assert told(handoff.rep) == [
        ("due_soon", "Maya Okafor (Northwind): decide by Mon 2 Mar, 21:00 CET"),
        ("past_due", "Maya Okafor (Northwind): the decision was due Mon 2 Mar,"
                     " 21:00 CET"),
        ("handoff_moved",
         "Maya Okafor (Northwind) goes to the next rep: nobody decided in time"),
    ]  # fmt: skip
    assert told(manager) == [
        ("past_due", "Maya Okafor (Northwind): the decision was due Mon 2 Mar,"
                     " 20:00 UTC"),
    ]  # fmt: skip


def test_what_goes_to_the_pool_is_told_to_managers_too(team, handoff, manager):
    team.service_levels.update(max_reassignments=0)

    enforcement.enforce(now=DUE + 2 * HOUR)

    title = "Maya Okafor (Northwind) goes to the pool: nobody decided in time"
    assert ("handoff_moved", title) in told(manager)
    assert ("handoff_moved", title) in told(handoff.rep)


def test_what_waits_in_a_pool_is_told_to_managers_alone(team, manager):
    HandoffFactory(rep=None, team=team)
    enforcement.enforce(now=NOON)

    enforcement.enforce(now=DUE + HOUR)

    assert [kind for kind, _title in told(manager)] == ["past_due"]
    assert Notification.objects.count() == 1


def test_a_follow_up_is_told_to_whoever_got_the_lead_since(handoff, manager):
    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=NOON)
    enforcement.enforce(now=NOON)
    next_rep = RepFactory()
    working.give(
        lead_ids=[handoff.lead_id],
        rep=next_rep,
        reason="Ana is ill",
        actor=manager,
        now=NOON,
    )

    enforcement.enforce(now=NOON + 17 * HOUR)

    assert told(next_rep.user)[-1][0] == "past_due"
    assert "past_due" not in [kind for kind, _title in told(handoff.rep)]
    assert Clock.objects.follow_ups().get().missed_by == next_rep.user


def test_a_follow_up_that_is_late_is_told(handoff, manager):
    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=NOON)
    enforcement.enforce(now=NOON + 17 * HOUR)

    assert told(handoff.rep)[-1] == (
        "past_due",
        "Maya Okafor (Northwind): the first follow-up was due Tue 3 Mar, 04:00 UTC",
    )
    assert [kind for kind, _title in told(manager)] == ["past_due"]


def test_who_loses_a_lead_to_a_colleague_is_told(team, handoff, manager):
    former, other = handoff.rep, RepFactory(team=team)

    reassigning.reassign(handoff=handoff, rep=other, actor=manager, now=NOON)

    assert told(former) == [
        ("handoff_moved", f"{manager} gave Maya Okafor (Northwind) to {other}")
    ]


def test_a_mail_about_what_was_decided_meanwhile_does_not_go_out(handoff):
    enforcement.enforce(now=DUE)
    news = Notification.objects.get(kind=NotificationKind.PAST_DUE)
    assert announcements.still_matters(notification=news)

    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=DUE)
    enforcement.enforce(now=DUE)

    assert not announcements.still_matters(notification=news)
