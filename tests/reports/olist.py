"""The real data set: where it lies, how it is imported, what is known of it."""

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = Path(
    os.environ.get("BATON_DATA", REPOSITORY.parent / "shared" / "data" / "olist")
)
# On a newcomer's machine the data may be missing; in CI its absence fails the test.
needs_olist = pytest.mark.skipif(
    not FOLDER.is_dir() and not os.environ.get("CI"),
    reason=f"no real data at {FOLDER}; BATON_DATA says where it is",
)
LEADS = {
    "mql_id": "external_id",
    "first_contact_date": "stage_at",
    "origin": "source",
    "landing_page_id": "custom.landing_page",
}
DEALS = {
    "mql_id": "lead_external_id",
    "seller_id": "external_id",
    "won_date": "won_at",
    "declared_monthly_revenue": "amount",
}
# Source, entered, won. Source: counted by hand in the two files.
ENTERED_AND_WON = [
    ("organic search", 2296, 271),
    ("paid search", 1586, 195),
    ("social", 1350, 75),
    ("unknown", 1099, 179),
    ("direct traffic", 499, 56),
    ("email", 493, 15),
    ("referral", 284, 24),
    ("other", 150, 4),
    ("display", 118, 6),
    ("other publicities", 65, 3),
    ("none", 60, 14),
]


def import_olist():
    """Import the leads and the deals through the two commands."""
    _import("import_leads", "olist_marketing_qualified_leads_dataset.csv", LEADS, "mql")
    _import("import_deals", "olist_closed_deals_dataset.csv", DEALS)


def _import(command, file_name, columns, stage=None):
    arguments = [str(FOLDER / file_name), "--set", "source_system=olist"]
    for column, field in columns.items():
        arguments += ["--map", f"{column}={field}"]
    if stage:
        arguments += ["--set", f"stage={stage}"]
    call_command(command, *arguments, stdout=StringIO(), stderr=StringIO())
