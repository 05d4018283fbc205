import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

SIZES = ["--leads", "120", "--activities", "3000", "--rows", "1000"]


@pytest.fixture(scope="session")
def measured(tmp_path_factory):
    """All figures, from one process of its own, since a whole database is dropped."""
    url = f"sqlite:///{tmp_path_factory.mktemp('benchmark') / 'unused.sqlite3'}"
    if connection.vendor == "postgresql":
        url = os.environ["DATABASE_URL"]

    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "manage.py", "benchmark", *SIZES, "--json"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url, "SECRET_KEY": "tests"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_the_engine_and_the_statement_by_hand_agree(measured):
    figures = measured["rescore"]

    assert (figures["leads"], figures["activities"]) == (120, 3000)
    assert figures["ratio"] > 0
    assert figures["orm_ratio"] > 0
    assert figures["slowest_page_seconds"] > 0


def test_every_tab_of_the_queue_is_measured(measured):
    figures = measured["queue"]

    assert (figures["handoffs"], figures["waiting"]) == (6, 1)
    assert figures["rep_mine_p95_ms"] > 0
    assert figures["manager_team_p95_ms"] > 0


def test_routing_is_measured_beside_a_loop_and_deals_evenly(measured):
    figures = measured["routing"]

    assert (figures["leads"], figures["reps"], figures["looped"]) == (120, 20, 120)
    assert figures["loop_ratio"] > 0
    assert (figures["alone_fewest"], figures["alone_most"]) == (6, 6)


def test_an_import_is_measured_beside_a_plain_insert_of_its_rows(measured):
    figures = measured["import"]

    assert figures["created"] + figures["updated"] + figures["refused"] == 1000
    assert figures["plain_ratio"] > 0


def test_ingest_goes_by_the_api_and_says_what_became_of_it(measured):
    figures = measured["ingest"]

    assert figures["activities"] == 3000
    # Three of five repeats in a hundred: the other two were rejected the first time.
    assert (figures["duplicates"], figures["rejected"]) == (88, 60)
    assert figures["plain_ratio"] > 0


def test_the_board_is_measured_within_its_queries(measured):
    figures = measured["board"]

    assert figures["board_queries"] <= 12
    assert figures["moved_p95_ms"] > 0


def test_senseless_sizes_are_refused():
    with pytest.raises(CommandError, match="1 or more"):
        call_command("benchmark", leads=0)


def test_programmes_are_measured(measured):
    entering, mails = measured["enrolling"], measured["mails"]

    assert (entering["leads"], mails["leads"]) == (120, 120)
    assert entering["ratio"] > 0
    assert entering["progress_seen"] > 0
    assert entering["bulk_leads_a_second"] > 0
    assert mails["mails_a_minute"] > 0
