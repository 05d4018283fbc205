import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection


def test_the_engine_and_the_statement_by_hand_agree(tmp_path):
    # A process of its own, since the command makes and drops a whole database.
    url = f"sqlite:///{tmp_path / 'unused.sqlite3'}"
    if connection.vendor == "postgresql":
        url = os.environ["DATABASE_URL"]
    asked = ["--only", "rescore", "--leads", "120", "--activities", "3000", "--json"]

    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "manage.py", "benchmark", *asked],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url, "SECRET_KEY": "tests"},
        capture_output=True,
        text=True,
        check=True,
    )

    figures = json.loads(done.stdout)["rescore"]
    assert (figures["leads"], figures["activities"]) == (120, 3000)
    assert figures["ratio"] > 0
    assert figures["orm_ratio"] > 0
    assert figures["slowest_page_seconds"] > 0


def test_senseless_sizes_are_refused():
    with pytest.raises(CommandError, match="1 or more"):
        call_command("benchmark", leads=0)
