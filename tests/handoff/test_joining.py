"""The cycle that a hand-off belongs to, as reports join it."""

from datetime import timedelta

import pytest

from handoff.models import Handoff
from leads import cycles, lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Move
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import NOON, LeadFactory

pytestmark = pytest.mark.django_db


def test_what_was_handed_over_keeps_its_source_when_the_sql_is_taken_back():
    lead = LeadFactory(stage=Stage.MQL, source="web")
    at = NOON + timedelta(hours=1)
    change = lifecycle.move(wanted=Move(lead.pk, Stage.SQL, Cause.PERSON, at), now=at)
    HandoffFactory(lead=lead, cycle=change.cycle, routed_at=at)
    lead.stage_changes.filter(pk=change.pk).update(is_undone=True)
    cycles.retell(lead_ids=[lead.pk])

    told = Handoff.objects.values_list(
        "qualification__source", "qualification__sql_seconds"
    )

    assert [*told] == [("web", None)]
