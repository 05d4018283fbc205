from datetime import timedelta

import pytest

from handoff.choices import HandoffStatus
from leads.choices import ActivityKind, CampaignChannel, Role, Stage
from leads.models import Campaign
from reports.catalogue import REPORTS
from tests.handoff.factories import DealFactory, HandoffFactory, ReasonFactory
from tests.leads.factories import NOON, LeadFactory, RepFactory
from tests.reports.factories import travel
from tests.reports.test_follow_up import clock, touch
from tests.reports.test_report_pages import DATES, client_of

pytestmark = pytest.mark.django_db


def some_numbers():
    """A lead that was rejected, and bought after all."""
    campaign = Campaign.objects.create(name="Fair", channel=CampaignChannel.ADS)
    lead = travel(
        LeadFactory(stage=Stage.MQL, campaign=campaign),
        (Stage.SQL, 1),
        (Stage.RECYCLED, 2),
    )
    handoff = HandoffFactory(
        lead=lead,
        rep=RepFactory(user__name="Ana Silva"),
        status=HandoffStatus.REJECTED,
        reason=ReasonFactory(),
        decided_at=NOON + timedelta(hours=2),
    )
    clock(handoff)
    DealFactory(lead=lead, won_at=NOON + timedelta(days=1), amount=10)
    touch(lead, NOON, actor=None, kind=ActivityKind.PAGE_VIEW)


@pytest.mark.parametrize(
    ("by", "row"),
    [
        ("source", "Mar 2026"),
        ("rep", "Ana Silva"),
        ("channel", "Advertising"),
        ("kind", "Page view"),
    ],
)
def test_the_list_behind_a_number_calls_its_row_as_the_table_does(by, row):
    some_numbers()
    manager = client_of(Role.MANAGER)

    told = set()
    for report in REPORTS.values():
        page = manager.get(report.address, {**DATES, "by": by})
        for sheet in page.context.get("sheets") or ():
            for line in sheet.lines:
                for address in {each.address for each in line.values if each.address}:
                    assert manager.get(address).context["label"] == line.label, address
                    told.add(line.label)

    assert row in told
