"""Taking out again the deals that an import made."""

from datetime import UTC, datetime

import pytest

from handoff.choices import HandoffStatus
from handoff.models import Deal
from leads.capture.uploads import running, storing, undoing
from leads.choices import Cause, KeptWhy, Stage
from leads.models import StageChange, Standing
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import NOON, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
HEADER = "deal id,email,opened at,won at,amount\n"
SINCE = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.IMPORTS_DIR = tmp_path
    settings.BELLS = {bell: [] for bell in settings.BELLS}


def lead_at(email, stage=Stage.MQL):
    return LeadFactory(email=f"{email}@acme.example", stage=stage, stage_at=SINCE)


def brought(*rows):
    made = storing.store(
        name="deals.csv",
        content=[(HEADER + "\n".join(rows)).encode()],
        kind="",
        system="",
        actor=UserFactory(),
        now=NOON,
    )
    running.start(file_import=made, now=NOON)
    running.continue_owed(now=NOON)
    made.refresh_from_db()
    return made


def undone(file_import):
    undoing.ask(file_import=file_import, actor_id=UserFactory().pk, now=NOON)
    undoing.continue_owed(now=NOON)
    return {
        (one.what, one.why, one.count) for one in undoing.kept(file_import=file_import)
    }


def stage_of(lead):
    return Standing.objects.get(pk=lead.pk).stage


@pytest.mark.parametrize("chunk", [1, 500])
def test_deals_go_and_their_leads_go_back_to_where_they_stood(monkeypatch, chunk):
    monkeypatch.setattr(undoing, "CHUNK", chunk)
    won, open_, customer = lead_at("won"), lead_at("open", Stage.NEW), lead_at("old")
    brought("0,old@acme.example,2026-01-20,2026-01-21,5")

    kept = undone(
        brought(
            "1,won@acme.example,2026-01-20,2026-02-01,9",
            "2,open@acme.example,2026-01-21,,",
            "3,won@acme.example,2026-01-22,,7",
            "4,old@acme.example,2026-01-22,2026-01-23,7",
        )
    )

    assert not kept
    assert [deal.external_id for deal in Deal.objects.all()] == ["0"]
    stages = [stage_of(lead) for lead in (won, open_, customer)]
    assert stages == [Stage.MQL, Stage.NEW, Stage.CUSTOMER]
    standing = Standing.objects.get(pk=won.pk)
    assert (standing.stage_since, standing.stage_cause) == (SINCE, Cause.IMPORT)
    counting = StageChange.objects.filter(lead=won, is_undone=False, at__gt=SINCE)
    assert not counting.exists()


def test_what_somebody_works_on_stays_with_its_stage_and_it_is_told_why():
    edited, moved, offered = (
        lead_at("edited"),
        lead_at("moved"),
        lead_at("offered", Stage.SQL),
    )
    HandoffFactory(lead=offered)
    done = brought(
        "1,edited@acme.example,2026-01-20,,9",
        "2,moved@acme.example,2026-01-20,,9",
        "3,offered@acme.example,2026-01-20,,9",
    )
    assert offered.handoffs.get().status == HandoffStatus.ACCEPTED
    Deal.objects.filter(lead=edited).update(version=2)
    Standing.objects.filter(pk=moved.pk).update(stage=Stage.LOST)

    kept = undone(done)

    assert Deal.objects.count() == 3
    assert ("Deals", KeptWhy.CHANGED.label, 1) in kept
    assert ("Deals", KeptWhy.MOVED.label, 1) in kept
    assert ("Deals", KeptWhy.WORK.label, 1) in kept
    assert stage_of(edited) == stage_of(offered) == Stage.OPPORTUNITY
    assert not StageChange.objects.filter(is_undone=True).exists()
