from datetime import timedelta

import pytest

from handoff.choices import HandoffStatus
from handoff.routing import offers
from handoff.selling import giving_back
from leads import activities, lifecycle
from leads.activities import NewActivity
from leads.choices import ActivityKind, Cause, Stage
from leads.lifecycle import Move
from leads.models import Lead, Standing
from tests.handoff.factories import (
    DealFactory,
    HandoffFactory,
    ReasonFactory,
    owned_lead,
)
from tests.leads.factories import (
    NOON,
    AccountFactory,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def brief_of(lead, now=NOON):
    (made,) = offers.route_leads(lead_ids=[lead.pk], now=now)
    made.refresh_from_db()
    return made.brief


@pytest.fixture
def rep(workspace):
    return RepFactory(team=TeamFactory(is_default=True))


def test_the_brief_names_the_strongest_grounds_first(rep):
    lead = LeadFactory(stage=Stage.SQL)
    kinds = [ActivityKind.PRICING_REQUESTED, *[ActivityKind.EMAIL_CLICKED] * 2]
    activities.record(
        activities=[
            NewActivity(
                lead.pk, kind, NOON - timedelta(hours=hours), external_id=str(hours)
            )
            for hours, kind in enumerate(kinds, start=1)
        ]
    )

    why = brief_of(lead)["why"]

    assert [line["count"] for line in why] == [1, 2]
    assert why[0]["points"] > why[1]["points"] > 0
    assert why[0]["at"] == (NOON - timedelta(hours=1)).isoformat()


def test_the_brief_says_who_moved_a_lead_without_points(rep):
    lead = LeadFactory(stage=Stage.MQL)
    marketer = UserFactory(name="Max")
    wanted = Move(lead.pk, Stage.SQL, Cause.PERSON, NOON, marketer, "Met at the fair")
    lifecycle.move(wanted=wanted, now=NOON)

    brief = brief_of(lead)

    assert brief["why"] == []
    assert (brief["entry"]["by"], brief["entry"]["reason"]) == (
        "Max",
        "Met at the fair",
    )


def test_the_brief_tells_how_it_ended_before(rep):
    lead = LeadFactory(stage=Stage.SQL)
    reason = ReasonFactory(label="Bad timing")
    HandoffFactory(
        lead=lead,
        rep=rep,
        status=HandoffStatus.REJECTED,
        reason=reason,
        note="In autumn.",
        decided_at=NOON,
    )

    (line,) = brief_of(lead)["history"]

    assert (line["reason"], line["note"]) == ("Bad timing", "In autumn.")


def test_the_brief_names_other_people_of_the_company(rep):
    account = AccountFactory()
    colleague = LeadFactory(account=account, title="CFO", stage=Stage.IQL)
    LeadFactory()
    lead = LeadFactory(account=account, stage=Stage.SQL)

    (person,) = brief_of(lead)["people"]

    assert person == {
        "lead": colleague.pk,
        "name": colleague.name,
        "title": "CFO",
        "stage": "IQL",
    }


def test_the_brief_stays_as_the_rep_saw_it(rep):
    lead = LeadFactory(stage=Stage.SQL, title="CFO")
    (made,) = offers.route_leads(lead_ids=[lead.pk], now=NOON)

    Lead.objects.filter(pk=lead.pk).update(title="CEO")

    made.refresh_from_db()
    assert made.brief["title"] == "CFO"


def test_the_brief_says_what_gives_the_grade_and_what_they_read(rep):
    lead = LeadFactory(
        stage=Stage.SQL,
        title="Head of Operations",
        account=AccountFactory(industry="logistics", employees=300),
    )
    seen = [("Pricing", 1), ("Pricing", 30), ("Case study", 5), ("Careers", 24 * 100)]
    activities.record(
        activities=[
            NewActivity(
                lead.pk,
                ActivityKind.PAGE_VIEW,
                NOON - timedelta(hours=hours),
                external_id=str(hours),
                subject=subject,
            )
            for subject, hours in seen
        ]
    )

    brief = brief_of(lead)

    read = [(line["what"], line["count"]) for line in brief["read"]]
    assert read == [("Pricing", 2), ("Case study", 1)]
    assert brief["read"][0]["at"] == (NOON - timedelta(hours=1)).isoformat()
    points = [abs(line["points"]) for line in brief["fit_lines"]]
    assert points
    assert points == sorted(points, reverse=True)


def test_the_brief_lists_the_latest_and_the_most_frequent_pages(rep):
    lead = LeadFactory(stage=Stage.SQL)
    often = [("Docs", 500 + n) for n in range(3)]
    once = [(f"Page {n}", n + 1) for n in range(9)]
    activities.record(
        activities=[
            NewActivity(
                lead.pk,
                ActivityKind.PAGE_VIEW,
                NOON - timedelta(hours=hours),
                external_id=str(hours),
                subject=subject,
            )
            for subject, hours in [*often, *once]
        ]
    )

    read = [line["what"] for line in brief_of(lead)["read"]]

    assert read == ["Page 0", "Page 1", "Page 2", "Page 3", "Docs"]


def test_the_brief_of_the_next_cycle_tells_why_it_was_given_back_and_of_its_deals(
    rep, client
):
    lead = owned_lead(rep.user, stage=Stage.OPPORTUNITY)
    DealFactory(lead=lead, name="Fleet", amount=12_000, currency="EUR")
    DealFactory(lead=lead, name="Trial", lost_at=NOON, lost_reason="Price")
    giving_back.to_nurture(
        lead=lead,
        reason="Budget in spring",
        until=NOON + timedelta(days=60),
        actor=rep.user,
        now=NOON,
    )
    Standing.objects.filter(lead=lead).update(stage=Stage.SQL, cycle=2)

    (made,) = offers.route_leads(lead_ids=[lead.pk], now=NOON + timedelta(days=1))

    (back,) = made.brief["given_back"]
    assert (back["reason"], back["by"]) == ("Budget in spring", str(rep))
    states = {line["name"]: line["state"] for line in made.brief["deals"]}
    assert states == {"Fleet": "open", "Trial": "lost"}
    client.force_login(rep.user)
    shown = client.get(f"/queue/{made.pk}/brief/").text
    for words in ("Budget in spring", "12,000 EUR", "Lost \N{MIDDLE DOT} Price"):
        assert words in shown
