import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from leads.choices import Stage
from tests.handoff.factories import HandoffFactory
from tests.reports.factories import mql

pytestmark = pytest.mark.django_db

DATES = ["--from", "2026-03-01", "--to", "2026-04-01"]


def report(*arguments):
    out = StringIO()
    call_command("report", *arguments, stdout=out)
    return out.getvalue()


def test_the_funnel_is_printed_as_json():
    mql((Stage.SQL, 1), source="web")

    document = json.loads(report("funnel", *DATES, "--format", "json"))

    assert document["window"] == 90
    assert document["rows"] == [{"key": "web", **document["total"]}]


def test_a_window_of_none_is_no_limit():
    mql((Stage.SQL, 5000))

    document = json.loads(
        report("funnel", *DATES, "--window", "none", "--format", "json")
    )

    assert (document["window"], document["total"]["sql"]) == (None, 1)


def test_inferred_entries_can_be_left_out():
    mql()

    text = report("funnel", "--cohort", "iql", "--without-inferred", *DATES)

    assert text.splitlines()[-1].split()[:2] == ["total", "0"]


def test_the_funnel_is_printed_as_csv_that_no_spreadsheet_runs():
    mql(source="=1+1")

    header, row, total = csv.reader(
        report("funnel", *DATES, "--format", "csv").splitlines()
    )

    assert header[:3] == ["key", "entered", "matured"]
    assert (row[0], total[0]) == ("'=1+1", "total")


def test_a_table_is_aligned_and_tells_no_share_of_few():
    mql(source="organic search")

    header, row, total = report("funnel", *DATES).splitlines()

    assert len(header) == len(row) == len(total)
    assert row.startswith("organic search")
    assert row.endswith("-")


def test_a_terminal_shows_shares_in_percent_and_nothing_else():
    for number in range(20):
        mql(*([(Stage.SQL, 0.5)] if number < 5 else []))

    shares = report("funnel", *DATES, "--window", "30").splitlines()[-1].split()
    ratios = report("throughput", *DATES).splitlines()
    stays = report("velocity", *DATES).splitlines()

    assert shares[4] == "25.0%"
    assert next(line for line in ratios if line.startswith("sql")).split()[3] == "0.25"
    assert not any("%" in line for line in [*ratios, *stays])


def test_acceptance_is_printed():
    HandoffFactory()

    document = json.loads(
        report("acceptance", *DATES, "--by", "team", "--format", "json")
    )

    assert document["total"]["routed"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["horoscope"], "report horoscope is unknown; say funnel, acceptance,"),
        (["funnel", "--by", "owner"], "--by owner is unknown; say source"),
        (["acceptance", "--by", "month"], "--by month is unknown; say source"),
        (["funnel", "--cohort", "customer"], "--cohort customer is unknown"),
        (["funnel", "--window", "0"], "--window 0 is neither none nor a number"),
        (["funnel", "--window", "x"], "--window x is neither none nor a number"),
        (["funnel", "--from", "1.3.2026"], "--from 1.3.2026 is no day like"),
        (["funnel", "--from", "2026-03-01", "--to", "2026-03-01"], "must lie before"),
        (["funnel", "--format", "xlsx"], "--format xlsx is unknown"),
    ],
)
def test_a_mistake_is_named_in_one_line(arguments, message):
    with pytest.raises(CommandError) as error:
        report(*arguments)

    assert str(error.value).startswith(message) or message in str(error.value)
    assert "\n" not in str(error.value)
