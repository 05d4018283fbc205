"""Trying a lead under a draft, and replaying what was handed over before."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from handoff.choices import RoutedBy
from handoff.models import Handoff, Seat
from handoff.routing import offers
from handoff.routing.plans import versions
from handoff.routing.replay import replay
from leads.choices import Stage
from leads.models import Standing
from tests.handoff.factories import HandoffFactory, manager
from tests.handoff.routing.plans.factories import active, named
from tests.leads.factories import (
    NOON,
    AccountFactory,
    LeadFactory,
    RepFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)


@pytest.fixture
def hel(client):
    hel = manager()
    client.force_login(hel)
    return hel


@pytest.fixture
def rep():
    return RepFactory(user__name="Ana Silva", team__name="Core", team__is_default=True)


@pytest.fixture
def kenji():
    return RepFactory(user__name="Kenji Mori", team__name="Enterprise")


@pytest.fixture
def draft(hel, rep, kenji):
    """The active plan has no rule; the draft sends Germans to Kenji."""
    draft = versions.copy(plan=active(), actor=hel, now=NOON)
    named(kenji, plan=draft, position=1, name="Germany")
    return draft


def at(draft, path=""):
    return f"/routing/{draft.version}/{path}"


def test_a_lead_is_tried_under_the_draft_beside_what_decides(client, draft, rep):
    RepFactory(team=rep.team, is_available=False, user__name="Tom Becker")
    Seat.objects.create(
        rep=RepFactory(team=rep.team, user__name="Ben Okoye"), assigned=1
    )
    Seat.objects.create(rep=rep)
    lead = LeadFactory(country="Germany")
    rows = (Seat.objects.count(), Handoff.objects.count())

    page = client.get(at(draft, f"trial/?lead={lead.pk}"), headers=HTMX).text

    before, after = page.split("this one")
    assert "decides now" in before
    assert "<b>Ana Silva</b>" in before
    assert "Tom Becker: 0 turns at weight 1, 0 of 25 waiting; away" in before
    assert "Ben Okoye: 1 turns at weight 1, 0 of 25 waiting; not the next" in before
    assert "<b>Kenji Mori</b>" in after
    assert "By the rule “Germany”." in after
    assert (Seat.objects.count(), Handoff.objects.count()) == rows


def past_leads(rep, now):
    """One German, one French: both went to Ana; the German sits undecided."""
    leads = [
        LeadFactory(stage=Stage.SQL, country=country, first_name=country)
        for country in ("Germany", "France")
    ]
    made = offers.route_leads(lead_ids=[lead.pk for lead in leads], now=now)
    assert [one.rep for one in made] == [rep.user] * 2
    return leads


def test_a_replay_tells_who_would_have_got_it_and_touches_nothing(
    client, draft, rep, kenji
):
    past_leads(rep, timezone.now() - 3 * DAY)
    rows = list(Handoff.objects.values()), list(Standing.objects.values())
    seats = list(Seat.objects.values())

    answer = client.get(at(draft, "replay/"))

    found = answer.context["found"]
    (changed,) = found.changed
    assert (changed.was, changed.would) == (rep.user, kenji.user)
    assert changed.handoff.lead.first_name == "Germany"
    loads = {str(load.person): (load.was, load.would) for load in found.loads}
    assert loads == {"Ana Silva": (2, 1), "Kenji Mori": (0, 1)}
    assert "Would have gone elsewhere" in answer.text
    assert rows == (list(Handoff.objects.values()), list(Standing.objects.values()))
    assert seats == list(Seat.objects.values())


def test_a_replay_lists_the_leads_that_nobody_would_have_got(client, draft, rep, kenji):
    kenji.is_available = False
    kenji.save(update_fields=["is_available"])
    past_leads(rep, timezone.now() - 3 * DAY)

    answer = client.get(at(draft, "replay/"))

    (row,) = answer.context["found"].without_rep
    assert row.place.team == kenji.team
    assert "Would have waited in a pool" in answer.text
    assert "Pool of Enterprise" in answer.text


def test_a_replay_keeps_within_capacity_and_frees_it_as_leads_were_decided(draft, rep):
    rep.capacity = 2
    rep.save(update_fields=["capacity"])
    for hours in (0, 1, 2, 48):
        at_then = NOON + timedelta(hours=hours)
        HandoffFactory(
            rep=rep,
            routed_at=at_then,
            assigned_at=at_then,
            status="accepted",
            decided_at=at_then + DAY,
        )

    found = replay(plan=draft, since=NOON - DAY, until=NOON + 3 * DAY)

    assert [row.would is None for row in found.rows] == [False, False, True, False]


def test_a_replay_keeps_a_company_with_a_rep_only_while_sales_has_it(draft, rep):
    """The first was sent back in a day: the second joins, the third is free again."""
    RepFactory(team=rep.team)
    company = AccountFactory()
    for hours in (0, 1, 30):
        then = NOON + timedelta(hours=hours)
        HandoffFactory(
            rep=rep,
            lead__account=company,
            routed_at=then,
            status="withdrawn",
            decided_at=then + timedelta(hours=4),
        )

    found = replay(plan=draft, since=NOON - DAY, until=NOON + 3 * DAY)

    routed_by = [row.place.routed_by for row in found.rows]
    assert routed_by == [RoutedBy.TURN, RoutedBy.COLLEAGUE, RoutedBy.TURN]


def test_a_period_that_cannot_be_is_refused_beside_the_field(client, draft):
    for since, until, problem in [
        ("2026-03-02", "2026-03-01", "before the first"),
        ("2024-01-01", "2026-03-01", "A year at most"),
        ("soon", "2026-03-01", "valid date"),
        ("", "", "required"),
        ("0001-01-01", "0001-01-02", "no hand-offs then"),
        ("9999-12-30", "9999-12-31", "no hand-offs then"),
    ]:
        answer = client.get(at(draft, f"replay/?since={since}&until={until}"))

        assert answer.status_code == 422, since
        assert problem in answer.text, since


def test_ten_hand_offs_are_replayed_with_as_many_queries_as_one(
    client, draft, rep, django_assert_num_queries
):
    then = timezone.now() - 3 * DAY

    def more(count):
        for _number in range(count):
            HandoffFactory(rep=rep, routed_at=then, lead__account=AccountFactory())

    client.get(at(draft, "replay/"))
    more(1)
    with CaptureQueriesContext(connection) as for_one:
        client.get(at(draft, "replay/"))
    more(9)

    with django_assert_num_queries(len(for_one)):
        client.get(at(draft, "replay/"))


def test_the_brief_says_by_which_rule_the_lead_came(client, draft, kenji):
    client.post(at(draft, "activate/"), {"note": "x"})
    lead = LeadFactory(stage=Stage.SQL, country="Germany")
    (made,) = offers.route_leads(lead_ids=[lead.pk], now=timezone.now())
    client.force_login(kenji.user)

    page = client.get(f"/queue/{made.pk}/brief/").text

    assert "Why here: Chosen for these leads, by the rule “Germany”" in page
    assert "Kenji Mori: 0 of 25 waiting" in page
