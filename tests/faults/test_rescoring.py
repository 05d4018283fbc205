"""A worker that is killed while everybody is scored anew."""

import pytest

from leads.choices import Stage
from leads.crashpoints import KILLED
from leads.models import StageChange, Standing
from scoring import rescoring, versions
from tests.faults import processes
from tests.leads.factories import NOON, LeadFactory
from tests.scoring.factories import (
    ActivityFactory,
    GateFactory,
    ModelFactory,
    RuleFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
LEADS = 6
AT_NOON = f"now=datetime.fromisoformat('{NOON.isoformat()}')"
IMPORTS = "from datetime import datetime; from scoring import rescoring; "
EVERYBODY = f"rescoring.CHUNK = 2; rescoring.rescore(lead_ids=None, {AT_NOON})"
OWED = f"rescoring.OWED_CHUNK = 2; rescoring.rescore_stale({AT_NOON})"


@pytest.fixture
def model(settings):
    """Six leads whose activity makes each an MQL, and nobody scored yet."""
    settings.BELLS = {bell: [] for bell in settings.BELLS}
    model = ModelFactory()
    RuleFactory(model=model, points=50)
    GateFactory(model=model, stage=Stage.MQL, engagement=40, leave_engagement=25)
    for lead in LeadFactory.create_batch(LEADS):
        ActivityFactory(lead=lead)
    return model


@pytest.mark.parametrize(
    ("code", "crash_at", "by_then"),
    [
        (EVERYBODY, "rescore_after_chunk:2", 4),
        (OWED, "rescore_before_commit:2", 2),
    ],
)
def test_what_was_not_scored_when_it_died_is_scored_by_the_sweep(
    model, code, crash_at, by_then
):
    assert processes.run(IMPORTS + code, crash_at=crash_at) == KILLED
    assert versions.progress(model=model)["scored"] == by_then

    assert rescoring.rescore_stale(now=NOON) == LEADS - by_then

    assert versions.progress(model=model)["share"] == 100
    assert set(Standing.objects.values_list("stage", flat=True)) == {Stage.MQL}
    entries = StageChange.objects.filter(to_stage=Stage.MQL)
    assert entries.count() == LEADS
    assert rescoring.rescore_stale(now=NOON) == 0
