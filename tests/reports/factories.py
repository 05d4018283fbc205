"""Leads on their way through the stages."""

from datetime import timedelta

from leads import lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Move
from leads.models import StageChange
from tests.leads.factories import NOON, LeadFactory

CAUSES = {
    Stage.ACCEPTED: Cause.DECISION,
    Stage.OPPORTUNITY: Cause.DEAL,
    Stage.CUSTOMER: Cause.DEAL,
    Stage.LOST: Cause.DEAL,
}


def day(days):
    """Noon so many days after the first noon of the tests."""
    return NOON + timedelta(days=days)


def travel(lead, *steps):
    """Move the lead by `(stage, day)` steps, as the product does."""
    for stage, days in steps:
        cause = CAUSES.get(stage, Cause.PERSON)
        if stage == Stage.RECYCLED and lead.standing.stage == Stage.SQL:
            cause = Cause.DECISION
        wanted = Move(lead.pk, stage, cause, day(days))
        assert lifecycle.move(wanted=wanted, now=day(days))
        lead.standing.refresh_from_db()
    return lead


def mql(*steps, since=0, **fields):
    """A lead that became an MQL on day `since` and went on by these steps."""
    return travel(LeadFactory(stage=Stage.MQL, stage_at=day(since), **fields), *steps)


def won_before_its_entry(*, days, **fields):
    """An MQL of day 0 whose imported deal was won so many days before that."""
    lead = mql(**fields)
    at = day(-days)
    wanted = Move(lead.pk, Stage.CUSTOMER, Cause.IMPORT, at)
    assert lifecycle.move_many(wanted=[wanted], now=day(1)) == 1
    assert StageChange.objects.filter(lead=lead, at=at).exists()
    return lead
