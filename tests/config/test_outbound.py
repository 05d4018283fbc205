"""Deals of sales' own in the sample data, so that the parts of revenue differ."""

from datetime import UTC, datetime, timedelta

import pytest

from config.demo import course, outbound, people, prospects, records
from config.demo.agenda import Agenda
from leads import lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Entry
from leads.models import Lead
from reports import revenue
from reports.periods import Period

pytestmark = pytest.mark.django_db

UNTIL = datetime(2026, 11, 22, 8, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=course.DAYS)


def test_the_parts_of_revenue_differ_since_sales_sells_by_itself_too(workspace):
    users = people.make()
    companies = prospects.invent_companies(count=20)
    cast = prospects.invent_prospects(count=100, companies=companies, until=UNTIL)
    accounts = records.save_companies(companies=companies, users=users)
    leads = records.save_leads(prospects=cast, accounts=accounts, campaigns={})
    lifecycle.enter_many(
        entries=[
            Entry(lead.pk, Stage.NEW, one.arrives_at, Cause.IMPORT)
            for lead, one in zip(leads, cast, strict=True)
        ]
    )
    agenda = Agenda()

    outbound.plan(agenda=agenda, accounts=accounts, cast=cast, since=SINCE)
    agenda.work_off(now=UNTIL)

    assert Lead.objects.filter(source="outbound").count() == outbound.FOUND
    period = Period(SINCE.date(), UNTIL.date() + timedelta(days=1))
    answer = revenue.answer(question=revenue.Question(period), now=UNTIL)
    amounts = {row.key: row.values["amount"] for row in answer.section("parts").rows}
    # Nobody of the cast did anything here, and none was handed over.
    assert amounts["revenue"] > amounts["influenced"] > 0
    assert amounts["sourced"] == amounts["contributed"] == 0
