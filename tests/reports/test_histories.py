"""Every KPI against a slow recount of random histories, with merges and erasures.

Which check recounts which number of KPIS:

| KPI | recounted by |
|---|---|
| cohort conversion, maturity, first or all cycles, Kaplan-Meier | `check_funnel` |
| period ratio, stage snapshot | `check_throughput` |
| cohort triangle, moves between stages | `check_flows` |
| acceptance (decided, all), misroute, silent, deal of accepted | `check_acceptance` |
| trend by month, rejections by category and by reason | `check_acceptance_parts` |
| prospect wait, rep response, system latency | `check_follow_up` |
| promises met, missed ever, past due now | `check_promises` |
| stage time, open age, lead velocity, time to SQL, pipeline | `check_velocity` |
| sourced, contributed, influenced, attributed revenue | `check_revenue…` |
| expected value of open SQLs | `check_expected` |
| sources side by side, MQL to won, cost per stage | `check_sources` |
| score bands, heat map, drift | `check_health` |
| agreement by month, what each side owes | `check_agreement` |

Estimates themselves (Wilson, Greenwood, Kaplan-Meier) are checked against the
literature in `test_estimates`, working time in `tests/handoff/sla`, lift of rules in
`test_health`.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from handoff.choices import ReasonCategory
from leads.choices import CampaignChannel, Role
from leads.models import Campaign
from tests.handoff.factories import ReasonFactory
from tests.leads.factories import RepFactory, UserFactory
from tests.reports import money_recounts, recounts
from tests.reports.histories import EVENTS, History, forget_everything
from tests.reports.recounts import PERIOD
from tests.reports.slow import Rows

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def house(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    for number in range(2):
        Campaign.objects.create(
            name=f"Campaign {number}",
            name_key=f"campaign {number}",
            channel=CampaignChannel.WEBINAR,
            starts_on=date(2026, 3, 20),
            cost=100 + number,
        )
    return {
        "reps": [RepFactory(), RepFactory()],
        "reasons": {
            "rejected": ReasonFactory(category=ReasonCategory.FIT),
            "misrouted": ReasonFactory(category=ReasonCategory.ROUTING),
        },
        "actor": UserFactory(role=Role.MANAGER),
    }


CHECKS = [
    recounts.check_funnel,
    recounts.check_throughput,
    recounts.check_flows,
    recounts.check_acceptance,
    recounts.check_acceptance_parts,
    recounts.check_follow_up,
    recounts.check_promises,
    recounts.check_health,
    recounts.check_agreement,
    money_recounts.check_velocity,
    money_recounts.check_revenue,
    money_recounts.check_revenue_by_source,
    money_recounts.check_expected,
    money_recounts.check_sources,
]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(events=EVENTS)
def test_every_kpi_equals_a_slow_recount_of_a_random_history(house, events):
    forget_everything()
    history = History(start=START, **house).live(events)
    rows = Rows(PERIOD, now=history.at + timedelta(hours=1))

    for check in CHECKS:
        check(rows)
