"""The reports in the API have the figures of `manage.py report`."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from leads.choices import Role, Stage
from reports.catalogue import REPORTS
from tests.bad_inputs import cases, listed, query_of
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import UserFactory
from tests.reports.factories import mql

pytestmark = pytest.mark.django_db
DATES = {"from": "2026-03-01", "to": "2026-04-01"}


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_api_and_command_give_the_same_document(api, name):
    mql((Stage.SQL, 1), source="web")
    HandoffFactory()
    out = StringIO()
    days = [f"--{name}={value}" for name, value in DATES.items()]
    by = {"by": "source"} if "by" in REPORTS[name].make_form.usual else {}
    days += [f"--by={value}" for value in by.values()]
    call_command("report", name, *days, "--format=json", stdout=out)

    answer = api.get(f"reports/{name}", **DATES, **by)

    assert answer.status_code == 200
    assert answer.data == json.loads(out.getvalue())


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"from": "yesterday", "to": "2026-04-01"}, "from", "valid date"),
        ({"from": "2026-04-01", "to": "2026-03-01"}, "", "first day must lie before"),
        ({"from": "2026-04-01"}, "", "both dates"),
        ({"from": "1700-01-01", "to": "2100-01-01"}, "from", "greater than or equal"),
        ({"from": "1970-01-01", "to": "2199-01-01"}, "", "ten years at most"),
        ({"by": "password"}, "by", "password is not one of the available choices"),
        ({"by": "source;DROP TABLE leads_lead"}, "by", "available choices"),
        ({"owner__user__password__startswith": "p"}, None, "is no field"),
        ({"_connector": "OR 1=1"}, None, "is no field"),
        ({"segment": "1) OR (1=1"}, "segment", "available choices"),
        ({"where": "{"}, "where", ""),
    ],
)
@pytest.mark.parametrize("name", ["funnel", "sources", "acceptance"])
def test_a_question_that_makes_no_report_is_a_problem_in_words(
    api, name, query, field, words
):
    answer = api.get(f"reports/{name}", **query)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    (error,) = answer.data["errors"]
    assert error["field"] == (next(iter(query)) if field is None else field)
    assert words in error["reason"]
    assert error["reason"]


@pytest.mark.parametrize(("case", "expect"), cases("query_params"))
def test_no_strange_address_breaks_a_report(api, case, expect):
    for name in ("funnel", "agreement"):
        answer = api.client.get(
            f"/api/v1/reports/{name}?{query_of(case)}", headers=api.headers
        )

        assert answer.status_code in (200, 400), name
        if expect == "reject":
            assert answer.status_code == 400, name


def test_no_strange_day_breaks_a_report(api):
    for case, _expect in listed("dates"):
        days = {"from": case["value"], "to": "2026-12-01"}
        answer = api.get("reports/funnel", **days)

        assert answer.status_code in (200, 400), case["id"]


def test_an_unknown_report_is_missing_and_a_rep_reads_none(api, api_of):
    assert api.get("reports/horoscope").status_code == 404
    assert api_of(UserFactory(role=Role.REP)).get("reports/funnel").status_code == 403
