import csv
import json
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from handoff.choices import HandoffStatus, ReasonCategory
from leads.choices import Role, Stage
from reports.catalogue import REPORTS
from tests.handoff.factories import HandoffFactory, ReasonFactory
from tests.leads.factories import NOON, RepFactory, UserFactory
from tests.reports.factories import day, mql

pytestmark = pytest.mark.django_db

DATES = {"from": "2026-03-01", "to": "2026-04-01"}
HTMX = {"HTTP_HX_REQUEST": "true"}
PAGES = ["index", "funnel", "acceptance", "funnel-leads", "acceptance-leads"]
FILES = ["funnel-csv", "acceptance-csv", "funnel-leads-csv", "acceptance-leads-csv"]
OFFERED = re.compile(
    r'<a class="button" href="([^"]*)">(Last 12 months|Count every lead)<'
)
LINK = re.compile(r'<a href="([^"]+/leads/\?[^"]+)">([\d,]+)</a>')


@pytest.fixture
def manager(db):
    client = Client()
    client.force_login(UserFactory(role=Role.MANAGER))
    return client


def get(client, name, **query):
    return client.get(reverse(f"reports:{name}"), {**DATES, **query})


def rows_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(text.splitlines()))


def some_leads():
    for source in ["web", "web", "event", ""]:
        mql(source=source)
    mql((Stage.SQL, 1), (Stage.ACCEPTED, 2), source="web")
    mql((Stage.SQL, 1), source="event & more")


def some_handoffs():
    HandoffFactory(status=HandoffStatus.ACCEPTED, decided_at=NOON)
    HandoffFactory(
        status=HandoffStatus.REJECTED,
        decided_at=NOON,
        reason=ReasonFactory(category=ReasonCategory.ROUTING),
    )
    HandoffFactory(
        status=HandoffStatus.REJECTED,
        decided_at=NOON,
        reason=ReasonFactory(category=ReasonCategory.FIT),
        note="=1+1",
    )
    HandoffFactory()


@pytest.mark.parametrize("name", PAGES + FILES)
def test_a_rep_may_not_read_reports(client, name):
    client.force_login(UserFactory(role=Role.REP))

    assert get(client, name).status_code == 403


@pytest.mark.parametrize("name", PAGES + FILES)
def test_a_marketer_may_read_reports(client, name):
    client.force_login(UserFactory(role=Role.MARKETER))

    assert get(client, name).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_somebody_unknown_is_asked_to_sign_in(client, name):
    response = get(client, name)

    assert response.status_code == 302
    assert "login" in response.url


@pytest.mark.parametrize("name", ["funnel", "acceptance"])
def test_htmx_gets_the_report_alone(manager, name):
    page = get(manager, name)
    fragment = manager.get(reverse(f"reports:{name}"), DATES, **HTMX)

    assert "<html" in page.text
    assert fragment.text.strip().startswith(f'<div id="{name}-report"')
    assert "HX-Request" in fragment["Vary"]


@pytest.mark.parametrize(
    "by", ["source", "industry", "month", "rep", "grade", "band", "version", "none"]
)
def test_every_number_of_the_funnel_opens_as_many_entries(manager, by):
    some_leads()

    links = LINK.findall(get(manager, "funnel", by=by).text)

    assert len(links) > 4
    for address, count in links:
        opened = manager.get(unescape(address))
        assert opened.context["page"].paginator.count == int(count), address
        assert len(list(opened.context["page"])) == int(count)


@pytest.mark.parametrize("by", ["source", "rep", "team", "campaign", "none"])
def test_every_number_of_acceptance_opens_as_many_handoffs(manager, by):
    some_handoffs()

    links = LINK.findall(get(manager, "acceptance", by=by).text)

    assert len(links) > 4
    for address, count in links:
        opened = manager.get(unescape(address))
        assert opened.context["page"].paginator.count == int(count), address


def test_a_rep_is_told_by_name_in_the_table_the_chart_and_the_list(manager):
    rep = RepFactory(user__name="Ana Silva")
    lead = mql((Stage.SQL, 1))
    HandoffFactory(lead=lead, rep=rep, routed_at=day(1), due_at=day(2))
    key = rep.user.email

    funnel = get(manager, "funnel", by="rep", reference="on")

    assert [row.label for row in funnel.context["rows"]] == ["Ana Silva"]
    (point,) = funnel.context["rates"]["series"][0]["points"]
    assert point["label"] == "Ana Silva"
    for name in ("funnel-leads", "acceptance-leads"):
        assert get(manager, name, by="rep", key=key).context["label"] == "Ana Silva"


def test_the_file_of_a_number_has_the_same_rows_as_its_page(manager):
    some_leads()

    (header, *rows) = rows_of(get(manager, "funnel-leads-csv", key="web"))

    assert header[:3] == ["lead", "external_id", "name"]
    assert len(rows) == 3


def test_the_file_of_the_funnel_has_the_table_and_its_intervals(manager):
    some_leads()

    (header, *rows) = rows_of(get(manager, "funnel-csv"))

    assert header[:5] == ["key", "entered", "matured", "sql", "sql_share"]
    assert [row[0] for row in rows] == ["web", "event", "event & more", "none", "total"]
    assert rows[-1][1] == "6"


def test_acceptance_says_of_how_many_each_rate_is(manager):
    for _ in range(20):
        HandoffFactory(status=HandoffStatus.ACCEPTED, decided_at=NOON)

    page = get(manager, "acceptance", by="none").text
    (header, *rows) = rows_of(get(manager, "acceptance-csv", by="none"))

    # Four rates of the row and of the total, and that of the month.
    assert page.count("n 20</small></span>") == 9
    assert header[:3] == ["key", "routed", "matured"]
    assert rows[-1][:3] == ["total", "20", "20"]


def test_no_cell_of_a_file_starts_a_formula(manager):
    some_handoffs()

    rows = rows_of(get(manager, "acceptance-leads-csv", outcome="rejected"))

    assert rows[1][rows[0].index("note")] == "'=1+1"


@pytest.mark.parametrize(
    "query",
    [
        {"period": "custom", "from": "2026-04-01", "to": "2026-04-01"},
        {"period": "custom", "from": "yesterday"},
        {"from": "1900-01-01", "to": "2026-01-01"},
        {"window": "0"},
        {"by": "owner"},
        {"cohort": "customer"},
        {"period": "for ever"},
    ],
)
@pytest.mark.parametrize("name", ["funnel", "funnel-csv", "funnel-leads"])
def test_a_question_without_sense_is_answered_by_what_is_wrong(manager, name, query):
    response = manager.get(reverse(f"reports:{name}"), query)

    assert response.status_code == 400
    if name == "funnel":
        assert 'role="alert"' in response.text


def test_the_leads_of_an_earlier_stage_are_no_number_of_the_funnel(manager):
    assert get(manager, "funnel-leads", reached="new").status_code == 400


@pytest.mark.parametrize("by", ["month", "source"])
def test_an_unknown_key_counts_nobody(manager, by):
    response = get(manager, "funnel-leads", by=by, key="0000-99")

    assert response.context["page"].paginator.count == 0


def test_an_address_with_two_dates_needs_no_period(manager):
    mql()

    assert get(manager, "funnel").context["report"].total.entered == 1


def test_a_preset_wins_over_dates_that_came_along(manager):
    period = get(manager, "funnel", period="90d").context["period"]

    assert (period.end - period.start).days == 90


def test_a_link_with_fixed_dates_asks_the_same_question(manager):
    first = manager.get(reverse("reports:funnel"), {"period": "quarter", "by": "month"})

    frozen = manager.get(
        reverse("reports:funnel") + "?" + first.context["frozen_query"]
    )

    assert frozen.context["period"] == first.context["period"]
    assert frozen.context["report"].question == first.context["report"].question


def test_nobody_in_the_period_is_told_as_such(manager):
    assert "No lead entered MQL in this period" in get(manager, "funnel").text


def test_no_handoff_in_the_period_is_told_as_such(manager):
    assert "Nothing was handed to sales" in get(manager, "acceptance").text


@pytest.mark.parametrize("name", ["acceptance", "follow-up"])
def test_an_empty_report_offers_only_what_would_count_more(manager, name):
    address = REPORTS[name].address
    web = json.dumps({"field": "source", "operator": "is", "value": "web"})

    offered = [
        OFFERED.findall(unescape(manager.get(address, asked).text))
        for asked in ({}, DATES, {**DATES, "where": web})
    ]

    dates = "?from=2026-03-01&to=2026-04-01"
    assert offered == [
        [],
        [(address, "Last 12 months")],
        [(f"{address}{dates}", "Count every lead")],
    ]


@pytest.mark.parametrize(
    "name", ["funnel", "acceptance", "funnel-leads", "acceptance-leads"]
)
def test_a_page_costs_as_many_queries_for_many_rows(
    manager, name, django_assert_num_queries, django_assert_max_num_queries
):
    some_leads()
    some_handoffs()
    with django_assert_max_num_queries(13) as few:
        get(manager, name)
    for _ in range(5):
        some_leads()
        some_handoffs()

    with django_assert_num_queries(len(few)):
        get(manager, name)


def test_the_second_page_has_what_the_first_left_over(manager):
    for _ in range(51):
        mql()

    second = get(manager, "funnel-leads", page="2")

    assert len(list(second.context["page"])) == 1
    assert "51–51 of 51" in second.text


@pytest.mark.parametrize("name", ["funnel", "acceptance"])
@pytest.mark.parametrize(
    ("start", "end"),
    [("9999-12-01", "9999-12-31"), ("0001-01-01", "0001-02-01")],
)
def test_a_day_beyond_all_reports_is_refused_in_words(manager, name, start, end):
    response = manager.get(
        reverse(f"reports:{name}"), {"from": start, "to": end, "by": "none"}
    )

    assert response.status_code == 400
    assert b"Ensure this value is" in response.content
