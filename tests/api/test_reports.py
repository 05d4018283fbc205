"""The reports in the API have the figures of `manage.py report`."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from leads.choices import Role, Stage
from reports.catalogue import REPORTS
from tests.bad_inputs import listed
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
    ("query", "field"),
    [
        ({"from": "yesterday", "to": "2026-04-01"}, "from"),
        ({"from": "2026-04-01", "to": "2026-03-01"}, ""),
        ({"by": "password"}, "by"),
        ({"owner": "1"}, "owner"),
        ({"from": "1970-01-01", "to": "2199-01-01"}, ""),
    ],
)
def test_a_question_that_makes_no_report_is_refused(api, query, field):
    answer = api.get("reports/funnel", **query)

    assert answer.status_code == 422
    assert answer.data["errors"][0]["field"] == field


def test_no_strange_day_breaks_a_report(api):
    for case, _expect in listed("dates"):
        days = {"from": case["value"], "to": "2026-12-01"}
        answer = api.get("reports/funnel", **days)

        assert answer.status_code in (200, 422), case["id"]


def test_an_unknown_report_is_missing_and_a_rep_reads_none(api, api_of):
    assert api.get("reports/horoscope").status_code == 404
    assert api_of(UserFactory(role=Role.REP)).get("reports/funnel").status_code == 403
