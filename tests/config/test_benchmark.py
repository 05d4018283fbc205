import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection


def measure(tmp_path, only):
    """The figures, from a process of its own, since a whole database is dropped."""
    url = f"sqlite:///{tmp_path / 'unused.sqlite3'}"
    if connection.vendor == "postgresql":
        url = os.environ["DATABASE_URL"]
    asked = [
        "--only",
        only,
        "--leads",
        "120",
        "--activities",
        "3000",
        "--rows",
        "1000",
        "--json",
    ]

    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "manage.py", "benchmark", *asked],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url, "SECRET_KEY": "tests"},
        capture_output=True,
        text=True,
        check=True,
    )

    return json.loads(done.stdout)[only]


def test_the_engine_and_the_statement_by_hand_agree(tmp_path):
    figures = measure(tmp_path, "rescore")

    assert (figures["leads"], figures["activities"]) == (120, 3000)
    assert figures["ratio"] > 0
    assert figures["orm_ratio"] > 0
    assert figures["slowest_page_seconds"] > 0


def test_every_tab_of_the_queue_is_measured(tmp_path):
    figures = measure(tmp_path, "queue")

    assert (figures["handoffs"], figures["waiting"]) == (6, 1)
    assert figures["rep_mine_p95_ms"] > 0
    assert figures["manager_team_p95_ms"] > 0


def test_routing_is_measured_beside_a_loop_and_deals_evenly(tmp_path):
    figures = measure(tmp_path, "routing")

    assert (figures["leads"], figures["reps"], figures["looped"]) == (120, 20, 120)
    assert figures["loop_ratio"] > 0
    assert (figures["alone_fewest"], figures["alone_most"]) == (6, 6)


def test_an_import_is_measured_beside_a_plain_insert_of_its_rows(tmp_path):
    figures = measure(tmp_path, "import")

    assert figures["created"] + figures["updated"] + figures["refused"] == 1000
    assert figures["plain_ratio"] > 0


def test_ingest_goes_by_the_api_and_says_what_became_of_it(tmp_path):
    figures = measure(tmp_path, "ingest")

    assert figures["activities"] == 3000
    # Three of five repeats in a hundred: the other two were rejected the first time.
    assert (figures["duplicates"], figures["rejected"]) == (88, 60)
    assert figures["plain_ratio"] > 0


def test_senseless_sizes_are_refused():
    with pytest.raises(CommandError, match="1 or more"):
        call_command("benchmark", leads=0)
