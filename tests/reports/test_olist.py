"""The funnel of real leads: 8,000 that Olist qualified, and the 842 that it won."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from tests.reports.olist import ENTERED_AND_WON, import_olist, needs_olist

pytestmark = [pytest.mark.django_db, needs_olist]

QUESTION = ["--cohort", "mql", "--window", "none", "--by", "source"]
DATES = ["--from", "2017-06-01", "--to", "2018-06-01"]


def test_the_funnel_of_the_real_leads_is_right():
    import_olist()
    out = StringIO()

    call_command("report", "funnel", *QUESTION, *DATES, "--format", "json", stdout=out)

    document = json.loads(out.getvalue())
    figures = [
        (row["key"], row["entered"], row["customer"]) for row in document["rows"]
    ]
    assert figures == ENTERED_AND_WON
    assert document["total"]["entered"] == 8000
    assert document["total"]["customer"] == 842
    assert {name: document[name] for name in ("report", "cohort", "window")} == {
        "report": "funnel",
        "cohort": "mql",
        "window": None,
    }
