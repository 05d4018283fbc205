"""The funnel of real leads: 8,000 that Olist qualified, and the 842 that it won."""

import csv
import json
from collections import defaultdict
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from reports import sources
from reports.periods import Period
from tests.reports.olist import ENTERED_AND_WON, FOLDER, import_olist, needs_olist

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


def counted_by_hand():
    """Days from contact to deal by source, and by month of contact, from the files."""
    name = "olist_marketing_qualified_leads_dataset.csv"
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        contacts = {row["mql_id"]: row for row in csv.DictReader(file)}
    with (FOLDER / "olist_closed_deals_dataset.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        deals = list(csv.DictReader(file))
    by_source, by_month = defaultdict(list), defaultdict(list)
    for deal in deals:
        contact = contacts[deal["mql_id"]]
        day = datetime.fromisoformat(contact["first_contact_date"])
        took = datetime.fromisoformat(deal["won_date"]) - day
        days = max(0.0, took.total_seconds()) / 86_400
        by_source[contact["origin"].strip() or "none"].append(days)
        by_month[f"{day:%Y-%m}"].append(days)
    return by_source, by_month


def median_of(days):
    """The smallest number of days that half of them are not above."""
    return sorted(days)[(len(days) - 1) // 2]


def test_the_days_from_contact_to_deal_are_those_of_an_independent_recount(settings):
    settings.TIME_ZONE = "UTC"
    import_olist()
    question = sources.Question(Period(date(2017, 6, 1), date(2019, 6, 1)))

    answer = sources.answer(question=question, now=datetime(2019, 6, 1, tzinfo=UTC))

    by_source, by_month = counted_by_hand()
    for name, wanted in (("mql_to_won", by_source), ("mql_to_won_months", by_month)):
        rows = answer.section(name).rows
        told = {row.key: (row.values["deals"], row.values["median"]) for row in rows}
        assert told == {
            key: (len(days), pytest.approx(86_400 * median_of(days), abs=1))
            for key, days in wanted.items()
        }
