"""A process that dies within a merge or an erasure leaves nothing half done."""

import pytest

from leads import erasing, merging
from leads.crashpoints import KILLED
from leads.models import Erasure, Forgotten, Lead, Merge
from tests.faults import processes
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.scoring.factories import ActivityFactory

pytestmark = pytest.mark.django_db(transaction=True)
IMPORTS = (
    "from datetime import datetime; from leads import erasing, merging; "
    "from leads.models import Lead, User; "
    "first, *rest = Lead.objects.order_by('pk'); "
    f"now = datetime.fromisoformat('{NOON.isoformat()}'); "
)
MERGE = (
    "merging.merge(kept=first, merged=rest[0], chosen={}, "
    "actor=User.objects.get(), now=now)"
)
ERASE = "erasing.erase(lead=first, actor=None, now=now)"


def test_a_merge_that_died_has_not_begun_and_can_be_made():
    actor = UserFactory()
    kept, merged = ActivityFactory().lead, ActivityFactory().lead

    assert processes.run(IMPORTS + MERGE, crash_at="merge_mid:1") == KILLED

    assert (merged.activities.count(), Merge.objects.count()) == (1, 0)
    merging.merge(kept=kept, merged=merged, chosen={}, actor=actor, now=NOON)
    assert kept.activities.count() == 2


def test_an_erasure_that_died_has_not_begun_and_can_be_made():
    lead = LeadFactory()

    assert processes.run(IMPORTS + ERASE, crash_at="erase_mid:1") == KILLED

    assert Lead.objects.get().email == lead.email
    assert not Forgotten.objects.exists()
    erasing.erase(lead=lead, actor=None, now=NOON)
    assert Erasure.objects.count() == 1
