"""The real leads and deals of Olist, by the commands that the README gives."""

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from handoff.models import Deal
from leads.models import Lead, StageChange, Standing

SHARED = Path(__file__).parents[3] / "shared" / "data"
DATA = Path(os.environ.get("BATON_DATA", SHARED)) / "olist"
if not DATA.is_dir() and not os.environ.get("CI"):
    pytest.skip(f"the Olist data is not in {DATA}", allow_module_level=True)

pytestmark = pytest.mark.django_db
LEADS = [
    "import_leads",
    str(DATA / "olist_marketing_qualified_leads_dataset.csv"),
    "--map=mql_id=external_id",
    "--map=first_contact_date=stage_at",
    "--map=origin=source",
    "--map=landing_page_id=custom.landing_page",
    "--set=stage=mql",
    "--set=source_system=olist",
]
DEALS = [
    "import_deals",
    str(DATA / "olist_closed_deals_dataset.csv"),
    "--map=mql_id=lead_external_id",
    "--map=seller_id=external_id",
    "--map=won_date=won_at",
    "--map=declared_monthly_revenue=amount",
    "--set=source_system=olist",
]


def printed_by(command):
    printed = StringIO()
    call_command(*command, stdout=printed, stderr=printed)
    return printed.getvalue()


def test_every_real_lead_and_deal_is_taken_once():
    first = [printed_by(LEADS), printed_by(DEALS)]
    seqs = list(Standing.objects.order_by("pk").values_list("stale_seq", flat=True))
    second = [printed_by(LEADS), printed_by(DEALS)]

    assert first[0] == "created 8000, updated 0, unchanged 0, refused 0\n"
    assert first[1].startswith("created 842, updated 0, unchanged 0, refused 0\n")
    assert [line for line in first[1].splitlines() if "warning" in line] == [
        "warning: line 669: won 2 days before the lead entered “MQL”; "
        "left out of stage times"
    ]
    assert second[0] == "created 0, updated 0, unchanged 8000, refused 0\n"
    assert second[1].startswith("created 0, updated 0, unchanged 842, refused 0\n")
    assert "warning" not in second[1]
    assert seqs == list(
        Standing.objects.order_by("pk").values_list("stale_seq", flat=True)
    )


def test_real_deals_bring_their_leads_to_customer_on_their_own_dates():
    printed_by(LEADS)
    printed_by(DEALS)

    entries = StageChange.objects.filter(is_imported=True)
    by_stage = {
        stage: entries.filter(to_stage=stage).count()
        for stage in ("new", "mql", "sql", "accepted", "opportunity", "customer")
    }
    assert by_stage == {
        "new": 8000,
        "mql": 8000,
        "sql": 842,
        "accepted": 842,
        "opportunity": 842,
        "customer": 842,
    }
    assert not entries.filter(to_stage="mql", is_inferred=True).exists()
    assert not entries.filter(to_stage="sql", is_inferred=False).exists()
    won = entries.filter(to_stage="customer").values_list("lead", "at")
    assert set(won) == set(Deal.objects.values_list("lead", "won_at"))
    assert Standing.objects.filter(stage="customer").count() == 842
    assert Lead.objects.filter(source="organic search").count() == 2296
    assert Lead.objects.filter(source="").count() == 60
