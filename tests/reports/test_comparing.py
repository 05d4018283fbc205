"""Numbers beside those of the period before, where the reader asks for it."""

import csv
import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.timezone import localdate

from handoff.choices import HandoffStatus
from leads.choices import Role, Stage
from reports import comparing
from reports.answers import Column, Kind, Row, Section
from reports.catalogue import REPORTS
from reports.estimates import wilson
from reports.forms import PeriodForm
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import NOON, RepFactory, UserFactory
from tests.reports.factories import day, mql

APRIL = {"from": "2026-04-01", "to": "2026-05-01"}
COMPARED = {**APRIL, "compare": "before"}
MINUS = "\N{MINUS SIGN}"
TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def manager(db):
    client = Client()
    client.force_login(UserFactory(role=Role.MANAGER))
    return client


def told(text):
    return re.sub(r"\s+", " ", TAG.sub("", text))


def page(client, name, **query):
    return client.get(REPORTS[name].address, {**COMPARED, **query})


def table(client, name, **query):
    response = client.get(REPORTS[name].export_address, {**COMPARED, **query})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    header, *rows = csv.reader(text.splitlines())
    return {row[0]: dict(zip(header, row, strict=True)) for row in rows}


def some_mqls():
    """March: 20 of the web, of which 10 became SQLs, and 3 of an event. April: 40 of
    the web, all SQLs, and 2 of a fair."""
    for number in range(20):
        mql(*([(Stage.SQL, 1)] if number < 10 else []), source="web")
    for _number in range(3):
        mql(source="event")
    for _number in range(40):
        mql((Stage.SQL, 36), since=35, source="web")
    for _number in range(2):
        mql(since=35, source="fair")


@pytest.mark.parametrize(
    ("now", "was", "text", "spoken", "is_sure"),
    [
        (wilson(hits=80, n=100), wilson(hits=50, n=100), "+30.0 pp", "plus 30.0", True),
        (
            wilson(hits=50, n=100),
            wilson(hits=80, n=100),
            f"{MINUS}30.0 pp",
            "minus 30.0",
            True,
        ),
        (wilson(hits=52, n=100), wilson(hits=50, n=100), "+2.0 pp", "plus 2.0", False),
    ],
)
def test_a_share_differs_by_percentage_points_and_says_whether_by_chance(
    now, was, text, spoken, is_sure
):
    difference = comparing.shares(now, was)

    assert difference.text == text
    assert difference.words.startswith(f"{spoken} percentage points against")
    assert difference.is_sure == is_sure


def test_of_fewer_than_twenty_no_difference_is_told():
    few, many = wilson(hits=5, n=10), wilson(hits=50, n=100)

    assert comparing.shares(many, few).text == ""
    assert comparing.shares(few, many).text == "was 50.0 %"


def test_the_interval_of_a_difference_is_that_of_newcombe():
    # Newcombe 1998, table II, first example: 56/70 and 48/80, 0.0524 to 0.3339.
    now, was = wilson(hits=56, n=70), wilson(hits=48, n=80)
    barely, chance = wilson(hits=52, n=70), wilson(hits=51, n=70)

    assert comparing.shares(now, was).change == 0.2
    assert comparing.shares(now, was).is_sure
    assert not comparing.shares(chance, was).is_sure
    assert not comparing.shares(barely, was).is_sure


@pytest.mark.parametrize(
    ("now", "was", "text", "is_sure"),
    [
        (140, 100, "+40", True),
        (105, 100, "+5", False),
        (5, 19, f"{MINUS}14", False),
        (3, 3, "±0", False),
        (1_500, 300, "+1,200", True),
    ],
)
def test_a_count_differs_by_a_signed_number(now, was, text, is_sure):
    difference = comparing.counts(now, was)

    assert (difference.text, difference.is_sure) == (text, is_sure)


def section(rows):
    columns = (
        Column("n", "Leads"),
        Column("median", "Median", Kind.TIME),
        Column("amount", "Amount", Kind.MONEY),
        Column("name", "Name", Kind.TEXT),
    )
    made = [
        Row(key, key, dict(zip(("n", "median", "amount", "name"), row, strict=True)))
        for key, row in rows.items()
    ]
    return Section("mql_to_won", "Table", "Key", columns, made)


def test_what_only_one_of_both_periods_has_stands_beside_nothing():
    now = section({"new": (30, 3_600, 5_000, "x"), "kept": (30, 7_200, 0, "x")})
    was = section({"kept": (25, 3_600, 900, "y"), "gone": (4, 60, 100, "z")})

    compared = comparing.beside([now], [was], report="sources")["mql_to_won"]
    texts = {at: each.text for at, each in compared.differences.items()}

    assert [row.key for row in compared.section.rows] == ["new", "kept", "gone"]
    assert texts == {
        ("new", "n"): "+30",
        ("new", "amount"): "+50.00\N{NO-BREAK SPACE}EUR",
        ("kept", "n"): "+5",
        ("kept", "median"): "+1\N{NO-BREAK SPACE}h",
        ("kept", "amount"): f"{MINUS}9.00\N{NO-BREAK SPACE}EUR",
        ("gone", "n"): f"{MINUS}4",
        ("gone", "median"): "was 1\N{NO-BREAK SPACE}min",
        ("gone", "amount"): f"{MINUS}1.00\N{NO-BREAK SPACE}EUR",
    }


def test_what_did_not_change_stands_out_nowhere():
    same = section({"a": (30, 3_600, 5_000, "x")})

    compared = comparing.beside([same], [same], report="sources")["mql_to_won"]

    assert {each.is_sure for each in compared.differences.values()} == {False}


def test_a_table_of_months_or_of_now_is_not_compared():
    plain = section({"a": (1, 1, 1, "x")})

    assert comparing.beside([plain], [plain], report="agreement") == {}
    assert comparing.beside([plain], [], report="sources") == {}


def test_the_funnel_tells_the_difference_of_each_source(manager):
    some_mqls()

    text = told(page(manager, "funnel", window="30").text)

    assert "web 40 +20plus 20 against 20 in the period before" in text
    assert "+50.0 ppplus 50.0 percentage points against 50.0 %" in text
    assert f"event 0 {MINUS}3minus 3 against 3 in the period before, unsure" in text
    assert "2 +2plus 2 against 0 in the period before, unsure" in text
    assert "the difference from 2 Mar 2026 to 31 Mar 2026" in text


def test_a_rate_that_is_still_provisional_differs_for_nothing_sure(manager):
    some_mqls()

    context = page(manager, "funnel", window="30").context
    young = page(manager, "funnel", window="3600").context

    assert context["total"].reached[0].difference.is_sure
    assert not young["total"].reached[0].difference.is_sure


def test_months_have_no_month_before_beside_them(manager):
    some_mqls()

    context = page(manager, "funnel", by="month", window="30").context

    assert [row.entered.difference for row in context["rows"]] == [None]
    assert context["total"].entered.difference.change == 19


def handoffs(rep, *, accepted, of, at):
    for number in range(of):
        status = HandoffStatus.ACCEPTED if number < accepted else HandoffStatus.EXPIRED
        HandoffFactory(
            rep=rep,
            status=status,
            routed_at=day(at),
            due_at=day(at) + timedelta(hours=8),
            decided_at=day(at),
        )


def test_acceptance_tells_the_difference_of_each_rep(manager):
    rep, gone = RepFactory(), RepFactory()
    handoffs(rep, accepted=5, of=20, at=0)
    handoffs(gone, accepted=1, of=2, at=0)
    handoffs(rep, accepted=20, of=20, at=35)

    answer = page(manager, "acceptance", by="rep")
    rows = {row.label: row for row in answer.context["rows"]}

    assert rows[str(rep.user)].differences["accepted_of_all"].text == "+75.0 pp"
    assert rows[str(gone.user)].routed.difference.text == f"{MINUS}2"
    assert "+75.0 ppplus 75.0 percentage points against 25.0 %" in told(answer.text)


def test_a_file_has_what_it_was_and_the_change_as_columns(manager):
    some_mqls()

    rows = table(manager, "funnel", window="30")

    assert rows["web"]["entered_before"] == "20"
    assert rows["web"]["entered_change"] == "20"
    assert rows["web"]["sql_share_before"] == "0.5"
    assert rows["web"]["sql_share_change"] == "0.5"
    assert rows["event"]["entered"] == "0"
    assert rows["web"]["sql_share_sure"] == rows["web"]["entered_sure"] == "yes"
    assert rows["event"]["entered_change"] == "-3"
    assert rows["event"]["entered_sure"] == "no"
    assert rows["fair"]["sql_share_change"] == rows["fair"]["sql_share_sure"] == ""


@pytest.mark.parametrize(
    ("name", "column"),
    [("acceptance", "accepted_of_all"), ("sources", "sql_share"), ("sources", "leads")],
)
def test_a_file_has_these_columns_only_where_they_are_asked_for(manager, name, column):
    some_mqls()
    HandoffFactory(routed_at=day(35))

    compared = table(manager, name)["total"]
    alone = table(manager, name, compare="")["total"]

    assert set(compared) > set(alone)
    more = {f"{column}_{told}" for told in ("before", "change", "sure")}
    assert more <= set(compared) - set(alone)
    assert {key: compared[key] for key in alone} == alone


def test_a_program_gets_the_period_before_whole(manager):
    some_mqls()
    out = StringIO()
    days = [f"--{name}={value}" for name, value in APRIL.items()]

    for name in ("funnel", "sources"):
        options = [name, *days, "--set=compare=before", "--format=json"]
        call_command("report", *options, stdout=out)
        now = json.loads(out.getvalue())
        out.truncate(out.seek(0))

        assert now["before"]["from"] == "2026-03-02"
        assert now["before"]["to"] == "2026-04-01"
        assert "before" not in now["before"]


def test_a_tile_tells_the_difference_and_keeps_it_when_frozen(manager):
    some_mqls()

    address = "/dashboards/"
    alone = manager.get(address, APRIL).text
    compared = manager.get(address, COMPARED).text
    manager.post("/dashboards/freeze/", {**COMPARED, "dashboard": ""})
    listed = manager.get("/dashboards/frozen/").text
    (frozen,) = re.findall(r'href="(/dashboards/frozen/[^"]+)"', listed)

    assert "31 Mar 2026" in told(listed)
    assert "in the period before" not in told(alone)
    for text in (compared, manager.get(frozen).text):
        assert "42 +19plus 19 against 23 in the period before" in told(text)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_comparison_costs_as_many_queries_for_many_rows(
    manager, name, django_assert_max_num_queries
):
    some_mqls()
    HandoffFactory(routed_at=day(35))
    page(manager, name)  # what a process keeps in memory
    with django_assert_max_num_queries(60) as few:
        assert page(manager, name).status_code == 200
    for number in range(3):
        mql(source=f"source {number}")
        mql(since=35, source=f"source {number + 10}")

    with django_assert_max_num_queries(len(few)):
        page(manager, name)


def test_the_choice_to_compare_stays_when_another_question_is_asked(manager):
    some_mqls()

    text = page(manager, "sources").text

    assert '<input type="hidden" name="compare" value="before"' in text
    assert page(manager, "sources", compare="never").status_code == 400


def test_nothing_lies_before_the_first_day_of_all(db):
    query = {"from": "1970-01-01", "to": "1970-02-01", "compare": "before"}

    form = PeriodForm(query, now=NOON)

    assert form.is_valid()
    assert form.compared is None


def test_entries_after_the_same_time_of_the_last_day_before_do_not_count(db):
    for hours in (-1, 1, 1):
        mql(since=9 + hours / 24)
    mql(since=10)
    query = {"from": "2026-03-12", "to": "2026-04-12", "compare": "before"}
    report = REPORTS["funnel"]

    form = report.make_form(query, now=day(10))
    assert form.is_valid()
    made = report.document(form, reader=None, now=day(10))

    assert made["total"]["entered"] == 1
    assert made["before"]["total"]["entered"] == 1
    assert made["before"]["until"] == "2026-03-11T12:00:00+00:00"


def test_the_page_says_up_to_when_a_period_that_goes_on_is_compared(manager):
    some_mqls()
    ahead = f"{localdate() + timedelta(days=400)}"

    text = told(page(manager, "sources", **{"from": "2026-03-01", "to": ahead}).text)
    late = localdate() + timedelta(days=401)
    later = page(manager, "sources", **{"from": ahead, "to": f"{late}"})

    assert "since this period goes on: both last as long." in text
    assert "Not compared: this period has not begun" in told(later.text)
    assert later.status_code == 200


def asked(name, **more):
    report = REPORTS[name]
    form = report.make_form({**COMPARED, **more}, now=day(300))
    assert form.is_valid()
    return report.document(form, reader=None, now=day(300))


def test_a_program_is_told_which_changes_are_sure(db):
    some_mqls()

    funnel, sources = asked("funnel", window="30")["changes"], asked("sources")
    rows = {row["key"]: row for row in funnel["rows"]}
    leads = {row["key"]: row for row in sources["changes"]["tables"]["sources"]["rows"]}

    assert rows["web"]["entered"] == {"before": 20, "change": 20, "is_sure": True}
    assert rows["web"]["sql_share"] == {"before": 0.5, "change": 0.5, "is_sure": True}
    assert rows["event"]["entered"] == {"before": 3, "change": -3, "is_sure": False}
    assert funnel["total"]["entered"]["change"] == 19
    assert set(leads) == {"web", "event", "fair"}
    assert set(sources["changes"]["figures"]["sql_share"]) == {
        "before",
        "change",
        "is_sure",
    }


def test_no_change_of_what_had_less_time_is_sure_in_a_file_either(db):
    some_mqls()
    funnel = asked("funnel", window="none")["changes"]["total"]
    handoffs(RepFactory(), accepted=40, of=40, at=0)

    routed = asked("acceptance")["changes"]["total"]

    assert funnel["sql"] == {"before": 10, "change": 30, "is_sure": False}
    assert routed["routed"] == {"before": 40, "change": -40, "is_sure": True}
    assert routed["accepted"] == {"before": 40, "change": -40, "is_sure": False}
