from datetime import UTC, date, datetime

import pytest

from leads.choices import CampaignChannel, Stage
from leads.models import Campaign
from reports import annotations, sources
from reports.catalogue import REPORTS
from reports.periods import Period
from reports.sources import Question
from reports.splits import Split
from tests.leads.factories import LeadFactory
from tests.reports.factories import day, travel

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
LATER = datetime(2026, 7, 1, tzinfo=UTC)


def campaign(name="Spring", **fields):
    return Campaign.objects.create(
        name=name,
        name_key=name.casefold(),
        channel=CampaignChannel.WEBINAR,
        starts_on=date(2026, 3, 9),
        **fields,
    )


def test_a_campaign_s_cost_is_told_by_lead_and_by_stage():
    spring = campaign(cost="100.00", currency="USD")
    campaign("Unpaid")
    for number in range(4):
        lead = LeadFactory(campaign=spring, stage_at=day(1))
        if number < 2:
            travel(lead, (Stage.MQL, 2), (Stage.SQL, 3))

    answer = sources.answer(question=Question(MARCH, Split.CAMPAIGN), now=LATER)
    (row,) = answer.section("costs").rows

    assert (row.values["cost"], row.values["leads"]) == (100_00, 4)
    assert (row.values["per_lead"], row.values["per_sql"]) == (25_00, 50_00)
    assert (row.values["per_customer"], row.values["currency"]) == (None, "USD")


def test_reports_go_by_the_channel_of_the_campaign():
    LeadFactory(campaign=campaign(), stage=Stage.MQL, stage_at=day(1))
    LeadFactory(stage=Stage.MQL, stage_at=day(1))
    query = {"from": "2026-03-01", "to": "2026-04-01", "by": "channel"}

    for name in ("funnel", "sources"):
        report = REPORTS[name]
        form = report.make_form(query, now=LATER)
        assert form.is_valid()
        rows = report.table(form, reader=None, now=LATER).rows
        assert {row[0]: row[1] for row in rows} == {"webinar": 1, "none": 1, "total": 2}
    answer = sources.answer(question=Question(MARCH, Split.CHANNEL), now=LATER)
    assert {str(row.label) for row in answer.sections[0].rows} == {"Webinar", "none"}


def test_what_began_is_marked_on_its_day():
    campaign()

    (mark,) = annotations.marks(MARCH.months)

    assert (mark.place, mark.text) == (0, "9 Mar: Campaign Spring")
    assert annotations.in_words([mark]) == " Marked: (1) 9 Mar: Campaign Spring."
