"""What a campaign costs, who belongs to it, and what came of it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads import activities, campaigns, lifecycle
from leads.activities import NewActivity
from leads.campaigns import CampaignError
from leads.choices import ActivityKind, Cause, MemberStatus, Role, Stage
from leads.lifecycle import Move
from leads.models import Campaign, CampaignMember, Lead, Standing
from leads.nurture.bulk import running
from leads.nurture.models import BulkDeed
from leads.owed import OwedState
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.nurture.factories import SegmentFactory, leaf

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SAID = {
    "name": "Hanover fair",
    "channel": "event",
    "starts_on": date(2026, 3, 1),
    "ends_on": date(2026, 3, 4),
    "cost": Decimal("1000.00"),
    "currency": "EUR",
}


@pytest.fixture
def campaign(workspace):
    return campaigns.save(campaign=None, said=SAID)


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def touched(lead, campaign, kind=ActivityKind.WEBINAR_REGISTERED, at=NOON, **more):
    new = NewActivity(
        lead.pk, kind, at, campaign=campaign, external_id=f"{lead.pk}{kind}", **more
    )
    activities.record(activities=[new])
    return lead


def put(campaign, *leads, status=MemberStatus.INVITED):
    return campaigns.put(
        campaign=campaign,
        leads=Lead.objects.filter(pk__in=[lead.pk for lead in leads]),
        status=status,
        actor=None,
        now=NOON,
    )


def test_one_lead_of_a_stage_costs_its_share(campaign):
    LeadFactory(campaign=campaign)
    for stage in (Stage.MQL, Stage.SQL, Stage.SQL):
        LeadFactory(campaign=campaign, stage=stage)
    LeadFactory(stage=Stage.CUSTOMER)

    found = campaigns.outcome(campaign)

    assert found.came == 4
    assert [found.by_stage[stage] for stage in campaigns.COSTED] == [3, 2, 0]
    assert found.costs == [Decimal("333.33"), Decimal("500.00"), None]


def test_a_stage_is_influenced_by_what_the_lead_did_before(campaign):
    before, after, scanned = (LeadFactory() for _number in range(3))
    touched(before, campaign)
    touched(after, campaign, at=NOON + 2 * DAY)
    touched(scanned, campaign, kind=ActivityKind.EMAIL_BOUNCED)
    for lead in (before, after, scanned):
        wanted = Move(lead.pk, Stage.MQL, Cause.PERSON, NOON + DAY)
        lifecycle.move(wanted=wanted, now=NOON + DAY)

    found = campaigns.outcome(campaign)

    assert found.influenced[Stage.MQL] == 1
    assert found.by_stage[Stage.MQL] == 0


def test_how_far_a_member_is_follows_from_what_it_did_and_what_people_say(campaign):
    planned, invited, declined = (LeadFactory() for _number in range(3))
    put(campaign, planned, status=MemberStatus.PLANNED)
    put(campaign, touched(declined, campaign), status=MemberStatus.DECLINED)
    touched(invited, campaign, kind=ActivityKind.EMAIL_SENT)
    came = LeadFactory(campaign=campaign)
    attended = touched(LeadFactory(), campaign, kind=ActivityKind.EVENT_VISITED)
    put(campaign, attended)
    LeadFactory()

    status = {one.pk: one.member_status for one in campaigns.members(campaign)}

    assert status == {
        planned.pk: "planned",
        invited.pk: "invited",
        declined.pk: "declined",
        came.pk: "responded",
        attended.pk: "attended",
    }


def test_saying_it_again_changes_it_and_taking_it_back_forgets(campaign):
    lead = LeadFactory()
    for status in (MemberStatus.PLANNED, MemberStatus.ATTENDED):
        assert put(campaign, lead, status=status) == 1

    assert [one.status for one in CampaignMember.objects.all()] == ["attended"]
    leads = Lead.objects.filter(pk=lead.pk)
    gone = [campaigns.take_back(campaign=campaign, leads=leads) for _twice in "12"]
    assert gone == [1, 0]


def test_a_name_is_taken_once_and_no_campaign_ends_before_it_starts(campaign):
    for changes, field in (
        ({"name": "HANOVER  Fair"}, "name"),
        ({"name": "Other", "ends_on": date(2026, 2, 1)}, "ends_on"),
    ):
        with pytest.raises(CampaignError) as refused:
            campaigns.save(campaign=None, said=SAID | changes)
        assert refused.value.field == field


def test_another_name_owes_its_leads_a_rescore(campaign):
    lead = LeadFactory(campaign=campaign)
    before = Standing.objects.get(pk=lead.pk).stale_seq

    campaigns.save(campaign=campaign, said=SAID | {"cost": None})
    same = Standing.objects.get(pk=lead.pk).stale_seq
    campaigns.save(campaign=campaign, said=SAID | {"name": "Munich fair"})

    assert same == before
    assert Standing.objects.get(pk=lead.pk).stale_seq > before


def test_what_campaigns_cost_is_summed_where_it_is_known(campaign):
    Campaign.objects.create(name="Free", name_key="free")

    assert campaigns.totals([campaigns.outcome(campaign)]) == {"EUR": Decimal(1000)}


def test_the_pages_cost_the_same_for_many(client, campaign, marketer):
    LeadFactory(campaign=campaign, stage=Stage.SQL)
    addresses = [reverse("leads:campaigns"), campaign.get_absolute_url()]
    counts = []
    for times in range(2):
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        for number in range(3):
            LeadFactory(campaign=campaign, stage=Stage.MQL)
            campaigns.save(
                campaign=None, said=SAID | {"name": f"Fair {times}.{number}"}
            )

    assert counts[:2] == counts[2:]


def test_a_marketer_plans_a_campaign_and_its_members(client, campaign, marketer):
    lead = LeadFactory(email="ana@acme.example")
    typed = {
        "name": "Roadshow",
        "channel": "event",
        "starts_on": "2026-05-01",
        "ends_on": "2026-05-02",
        "cost": "12.50",
        "currency": "usd",
    }

    made = client.post(reverse("leads:campaigns_new"), typed)
    roadshow = Campaign.objects.get(name="Roadshow")
    loss = typed | {"name": "Loss", "cost": "-1"}
    refused = client.post(reverse("leads:campaigns_new"), loss)
    address = reverse("leads:campaigns_put", args=[roadshow.pk])
    for said in (
        {"addresses": "ANA@acme.example, no@body.example", "status": "invited"},
        {"lead": [lead.pk], "status": "attended"},
    ):
        client.post(address, said)
    page = client.get(roadshow.get_absolute_url(), {"status": "attended"})

    assert (made.status_code, refused.status_code) == (302, 422)
    assert (roadshow.cost, roadshow.currency) == (Decimal("12.50"), "USD")
    assert [one for one, _word in page.context["rows"]] == [lead]
    client.post(address, {"lead": [lead.pk], "off": "1"})
    assert not roadshow.members.exists()


def test_reps_plan_no_campaigns(client, campaign):
    client.force_login(UserFactory(role=Role.REP))
    addresses = [reverse("leads:campaigns"), campaign.get_absolute_url()]

    assert [client.get(one).status_code for one in addresses] == [403, 403]


def test_a_segment_joins_a_campaign_by_a_worker_with_progress(
    client, campaign, marketer, monkeypatch
):
    monkeypatch.setattr(running, "MOST_AT_ONCE", 2)
    leads = LeadFactory.create_batch(3, stage=Stage.MQL)
    put(campaign, leads[0], status=MemberStatus.INVITED)
    LeadFactory()
    segment = SegmentFactory(conditions=leaf("stage", "is", "mql"))
    address = reverse("leads:campaigns_put", args=[campaign.pk])

    asked = client.post(address, {"segment": segment.pk, "status": "invited"})

    deed = BulkDeed.objects.get()
    assert asked.url == deed.get_absolute_url()
    assert CampaignMember.objects.count() == 1
    page = client.get(campaign.get_absolute_url())
    assert page.context["under_way"] == [deed]
    assert "0 of 3 leads." in page.content.decode()
    running.continue_owed(now=timezone.now())
    deed.refresh_from_db()
    assert (deed.state, deed.changed, deed.unchanged) == (OwedState.DONE, 2, 1)
    members = CampaignMember.objects.filter(campaign=campaign, status="invited")
    assert {one.lead_id for one in members} == {lead.pk for lead in leads}
    assert client.get(campaign.get_absolute_url()).context["under_way"] == []


def test_a_small_segment_is_there_at_once_and_an_empty_one_says_so(
    client, campaign, marketer
):
    lead = LeadFactory(stage=Stage.MQL)
    there = SegmentFactory(conditions=leaf("stage", "is", "mql"))
    address = reverse("leads:campaigns_put", args=[campaign.pk])

    for segment in (there, SegmentFactory()):
        said = {"segment": segment.pk, "status": "planned"}
        assert client.post(address, said).url == campaign.get_absolute_url()
    page = client.get(campaign.get_absolute_url())

    assert [one.lead for one in campaign.members.all()] == [lead]
    told = [str(one) for one in page.context["messages"]]
    assert told == ["1 lead changed.", "Nobody is chosen."]
    hostile = {"segment": segment.pk, "status": "there"}
    assert client.post(address, hostile).status_code == 422
    assert client.post(address, hostile | {"segment": "9" * 30}).status_code in (
        404,
        422,
    )


def test_ticked_leads_of_a_page_join_a_campaign(client, campaign, marketer):
    lead = LeadFactory()
    typed = {
        "kind": "campaign",
        "layout": "table",
        "lead": [lead.pk],
        "step": "do",
        "campaign": campaign.pk,
        "status": "attended",
    }

    client.post(reverse("bulk:new"), typed, headers={"HX-Request": "true"})

    assert [one.status for one in campaign.members.filter(lead=lead)] == ["attended"]
    nobody = typed | {"layout": "segment", "all": "1", "query": "x" * 99}
    refused = client.post(reverse("bulk:new"), nobody, headers={"HX-Request": "true"})
    assert refused.status_code == 422
