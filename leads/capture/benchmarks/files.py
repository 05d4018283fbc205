"""Taking in a large file of leads by the worker's own code."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.test import override_settings

from config.benchmarking import empty, kept_rows, measured, peak_memory_mb, write_again
from leads import roles
from leads.capture.models import FileImport
from leads.capture.uploads import running, storing
from leads.choices import Role
from leads.models import Account, Campaign, Cycle, Lead, StageChange, Standing
from leads.owed import OwedState

NOW = datetime(2026, 7, 1, tzinfo=UTC)
# One row in fifty is no lead, one in a hundred tells news of one above it, and five
# leads are of one company, far apart in the file.
REFUSED_EVERY, REPEATED_EVERY, COLLEAGUES = 50, 100, 5
TITLES = ["Head of Sales", "Marketing Manager", "Engineer", "Buyer", ""]
INDUSTRIES = ["Software", "Banking", "Retail", ""]
COUNTRIES = ["DE", "FR", "US", ""]
STAGES = ["new", "iql", "mql", "customer", "lost", ""]
COLUMNS = [
    *("external_id", "email", "first_name", "last_name", "phone", "title", "company"),
    *("industry", "employees", "country", "source", "campaign", "stage", "stage_at"),
    *("created_at", "custom.plan"),
]
TABLES = (Account, Campaign, Lead, Standing, StageChange, Cycle)


class RowsLostError(Exception):
    """Not every row of the file is accounted for."""


def run(*, rows: int, **_sizes: int) -> dict[str, Any]:
    """Measure in the empty database that is at hand.

    `plain_ratio` says how many times longer it took than writing the same rows of the
    database again as they are, by COPY where there is one, with all their indexes.
    """
    person = roles.create_user(
        email="marketer@acme.example", name="", role=Role.MARKETER, password=None
    )
    before = peak_memory_mb()
    with TemporaryDirectory() as folder, override_settings(IMPORTS_DIR=Path(folder)):
        with measured() as stored:
            file_import = storing.store(
                name="people.csv",
                content=_lines(rows),
                kind="leads",
                system="generic",
                actor=person,
                now=NOW,
            )
        running.start(file_import=file_import, now=NOW)
        with measured() as imported:
            _work_off(file_import)
    peak = peak_memory_mb()
    _check(file_import, rows)
    kept = [(model, *kept_rows(model)) for model in TABLES]
    empty(TABLES)
    with measured() as plain:
        write_again(kept)
    return {
        "rows": rows,
        "created": file_import.created,
        "updated": file_import.updated,
        "refused": file_import.refused,
        "upload_seconds": round(stored.seconds, 3),
        "seconds": round(imported.seconds, 3),
        "cpu_seconds": round(imported.cpu_seconds, 3),
        "rows_a_second": round(rows / imported.seconds),
        "plain_seconds": round(plain.seconds, 3),
        "plain_ratio": round(imported.seconds / plain.seconds, 1),
        "peak_memory_mb": round(peak),
        "memory_grown_mb": round(peak - before),
    }


def _work_off(file_import: FileImport) -> None:
    turn = 0
    while FileImport.objects.owed(now=NOW + timedelta(seconds=turn)).exists():
        running.continue_owed(now=NOW + timedelta(seconds=turn))
        turn += 1
    file_import.refresh_from_db()


def _check(file_import: FileImport, rows: int) -> None:
    done = file_import
    told = done.created + done.updated + done.unchanged + done.refused
    leads, standings = Lead.objects.count(), Standing.objects.count()
    is_whole = leads == standings == done.created and told == done.done_rows == rows
    if done.state != OwedState.DONE or not is_whole:
        raise RowsLostError(f"{done.state}: {told} of {rows} rows, {leads} leads")


def _lines(rows: int) -> Iterator[bytes]:
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for number in range(1, rows + 1):
        writer.writerow(_cells(number, rows))
        if number % 1_000 == 0 or number == rows:
            yield stream.getvalue().encode()
            stream.seek(0)
            stream.truncate()


def _cells(number: int, rows: int) -> list[str | int]:
    is_repeat = number % REPEATED_EVERY == 0
    lead = number - REPEATED_EVERY // 2 - 1 if is_repeat else number
    company = lead % max(rows // COLLEAGUES, 1)
    email = f"Lead{lead}@Company{company}.example"
    created_at = NOW - timedelta(minutes=5 * lead % 500_000 + 5)
    return [
        lead,
        email if lead % REFUSED_EVERY else "nobody",
        f"Maya {lead}",
        "Müller" if lead % 3 else "Ng",
        f"+49 30 {1_000_000 + lead}",
        "Chief Buyer" if is_repeat else TITLES[lead % len(TITLES)],
        f"Company {company} GmbH",
        INDUSTRIES[company % len(INDUSTRIES)],
        company % 900 + 1,
        COUNTRIES[company % len(COUNTRIES)],
        "Organic Search",
        f"Campaign {lead % 20}",
        STAGES[lead % len(STAGES)],
        "",
        created_at.isoformat(),
        lead % 7,
    ]
