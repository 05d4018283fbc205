import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from handoff.choices import ClockKind, ClockOutcome, HandoffStatus, ReasonEffect
from leads.choices import Role, Stage
from reports import agreement, plans, sheets, tiles
from reports.agreement import Question
from reports.answers import Cell
from reports.models import MonthPlan
from reports.periods import Period
from reports.plans import Promise
from tests.handoff.factories import HandoffFactory, ReasonFactory
from tests.leads.factories import NOON, UserFactory
from tests.reports.factories import day, mql
from tests.reports.test_follow_up import clock, handed

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
LATER = datetime(2026, 3, 20, 12, tzinfo=UTC)
PROMISE = Promise(100_000_00, 10_000_00, 30, 50, 90, 85)
FIELDS = {
    "month": "2026-03",
    "revenue_goal": "100000",
    "average_deal": "10000",
    "win_percent": "30",
    "acceptance_percent": "50",
    "decide_percent": "90",
    "follow_up_percent": "85",
}


def ask(*, now=LATER):
    return agreement.answer(question=Question(MARCH), now=now)


def promise():
    return plans.set_plan(month=MARCH.start, promise=PROMISE, actor=None, now=NOON)


def test_the_goal_is_read_backwards_and_rounded_up():
    plan = promise()

    # 10 deals, of 34 accepted at 30 %, of 68 SQLs at 50 %.
    assert (plan.accepted, plan.sqls) == (34, 68)


def test_what_came_stands_beside_what_was_promised():
    promise()
    mql((Stage.SQL, 1))
    clock(handed(), outcome=ClockOutcome.MET)

    (row,) = ask().section("months").rows

    assert (row.values["planned"], row.values["delivered"]) == (68, 2)
    assert row.values["decide"].n == 1
    assert row.values["decide_plan"] == 0.9


def test_the_list_of_what_is_owed_says_that_it_is_of_now():
    handed(status=HandoffStatus.PENDING)
    address = reverse("reports:records", args=["agreement"])
    query = {"from": "2026-03-01", "to": "2026-04-01", "section": "owed"}

    page = client_of(Role.MANAGER).get(
        address, {**query, "column": "count", "key": "decision"}
    )

    assert '<span class="chip">As of now</span>' in page.text
    assert "1 Mar 2026" not in page.text


AFTER = datetime(2026, 4, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "kept", "missed"),
    [
        (AFTER, 17, {"delivered", "decide"}),
        (AFTER, 18, {"delivered"}),
        (LATER, 17, set()),  # the month goes on
    ],
)
def test_a_month_that_is_over_is_marked_where_it_broke_a_promise(now, kept, missed):
    promise()
    for number in range(20):
        is_met = number < kept
        clock(handed(), outcome=ClockOutcome.MET if is_met else ClockOutcome.MISSED)

    (row,) = ask(now=now).section("months").rows

    assert row.missed == missed


def test_a_share_of_few_is_not_said_to_be_missed():
    promise()
    clock(handed(), outcome=ClockOutcome.MISSED)

    (row,) = ask(now=AFTER).section("months").rows

    assert "decide" not in row.missed


def test_a_broken_promise_is_told_in_words_on_pages_dashboards_and_in_mails():
    promise()
    handed()
    query = {"from": "2026-03-01", "to": "2026-04-01"}

    (sheet,) = sheets.sheets(
        [ask(now=AFTER).section("months")], name="agreement", query=query
    )
    row = render_to_string("reports/_line.html", {"line": sheet.lines[0]})
    (tile,) = tiles.draw(["agreement:months"], query=query, reader=None, now=AFTER)

    told = re.findall(r'<span class="missed">.*</svg>(\w+)</span>', row)
    assert told == ["missed"]
    assert tile["section"]["rows"][0]["cells"][1][:2] == ["SQLs delivered", "1, missed"]


def test_more_than_was_promised_reads_as_sense():
    promise()
    mql((Stage.SQL, 1))

    assert ask().sentences == ["Mar 2026: 1 SQLs delivered, 68 promised."]


def test_each_share_of_a_month_opens_what_it_is_a_share_of():
    missed = clock(handed(), outcome=ClockOutcome.MISSED)
    accepted = handed(status=HandoffStatus.ACCEPTED, decided_at=day(1))
    handed(status=HandoffStatus.EXPIRED, decided_at=day(1))
    opened = {}
    for column in ("acceptance", "decide", "follow_up"):
        cell = Cell("months", column, "2026-03")
        found = agreement.records(question=Question(MARCH), cell=cell, now=LATER)
        opened[column] = [record.lead_id for record in found.rows]

    page = client_of(Role.MANAGER).get(
        reverse("reports:report", args=["agreement"]),
        {"from": "2026-03-01", "to": "2026-04-01"},
    )

    assert opened == {
        "acceptance": [accepted.lead_id],
        "decide": [missed.handoff.lead_id],
        "follow_up": [],
    }
    assert "section=months&amp;column=acceptance&amp;key=2026-03" in page.text
    assert "section=months&amp;column=follow_up&amp;key=2026-03" not in page.text


def test_the_burn_up_line_stops_today():
    promise()
    mql((Stage.SQL, 1))

    delivered, plan = ask().section("months").chart["series"]

    assert delivered["values"][:4] == [0, 0, 1, 1]
    assert delivered["values"][-1] is None
    assert plan["values"][-1] == 68


def test_each_side_s_duties_are_listed_with_their_leads():
    clock(handed())
    clock(handed(), kind=ClockKind.FOLLOW_UP, paused_at=NOON)
    mend = ReasonFactory(effect=ReasonEffect.FIX_DATA)
    lead = mql((Stage.SQL, 1), (Stage.RECYCLED, 2))
    HandoffFactory(
        lead=lead, status=HandoffStatus.REJECTED, reason=mend, decided_at=day(2)
    )

    counts = {row.key: row.values["count"] for row in ask().section("owed").rows}

    assert counts == {"decision": 1, "follow_up": 0, "data": 1}
    for key, count in counts.items():
        found = agreement.records(
            question=Question(MARCH), cell=Cell("owed", "count", key), now=LATER
        )
        assert len(found.rows) == count


def client_of(role):
    client = Client()
    client.force_login(UserFactory(role=role))
    return client


def test_a_manager_promises_and_promising_again_replaces_it():
    manager = client_of(Role.MANAGER)

    first = manager.post(reverse("reports:plans"), FIELDS)
    manager.post(reverse("reports:plans"), {**FIELDS, "win_percent": "100"})

    assert first.status_code == 302
    assert MonthPlan.objects.get().sqls == 20
    assert "March 2026" in manager.get(reverse("reports:plans")).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"month": "March"},
        {"month": "0001-01"},
        {"average_deal": "0"},
        {"win_percent": "0"},
        {"revenue_goal": "1e99"},
        {"revenue_goal": "NaN"},
        {"follow_up_percent": "101"},
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused_in_words(wrong):
    answer = client_of(Role.MANAGER).post(reverse("reports:plans"), {**FIELDS, **wrong})

    assert answer.status_code == 422
    assert "errorlist" in answer.text
    assert not MonthPlan.objects.exists()


def test_a_marketer_reads_the_agreement_and_does_not_plan():
    marketer = client_of(Role.MARKETER)

    assert marketer.get(reverse("reports:plans")).status_code == 403
    page = marketer.get(reverse("reports:report", args=["agreement"]))
    assert page.status_code == 200
    assert timedelta(0) <= page.context["period"].end - page.context["period"].start
