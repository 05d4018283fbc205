"""A worker that is killed while it does one thing to many leads."""

from datetime import timedelta

import pytest

from leads.choices import Cause, Role, Stage
from leads.crashpoints import KILLED
from leads.models import Lead, Notification, StageChange
from leads.nurture.bulk import running
from leads.nurture.bulk.whom import Whom
from leads.nurture.choices import SegmentDeed
from leads.nurture.models import BulkDeed, BulkRefusal, Enrolment, Segment
from leads.owed import LEASE, OwedState
from tests.faults import processes
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.nurture.factories import ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db(transaction=True)

CODE = (
    "from datetime import datetime; "
    "from leads.nurture.bulk import running; running.BATCH = 2; "
    "running.continue_owed(now=datetime.fromisoformat({now!r}))"
)
# Of six leads in batches of two: where it dies, and how many are done by then.
PLACES = [
    ("bulk_after_claim:1", 0),
    ("bulk_mid_batch:2", 2),
    ("bulk_before_commit:2", 2),
    ("bulk_after_batch:2", 4),
    ("bulk_before_done:1", 6),
]


@pytest.fixture
def marketer(workspace, settings):
    settings.BELLS = {bell: [] for bell in settings.BELLS}
    return UserFactory(role=Role.MARKETER)


def die_and_go_on(marketer, crash_at, **asked):
    """How many were done when the worker died, and the deed once it has ended."""
    deed = running.ask(
        whom=Whom(layout="table", query=""),
        words="Deed",
        actor=marketer,
        now=NOON,
        **asked,
    )
    code = CODE.format(now=NOON.isoformat())
    assert processes.run(code, crash_at=crash_at) == KILLED
    deed.refresh_from_db()
    done_by_then = deed.done
    later = NOON + LEASE + timedelta(seconds=1)
    for _once_more in "12":
        running.continue_owed(now=later)
    return done_by_then, BulkDeed.objects.get()


@pytest.mark.parametrize(("crash_at", "by_then"), PLACES)
def test_a_move_that_dies_moves_each_lead_once_and_refuses_each_once(
    marketer, crash_at, by_then
):
    moved = [LeadFactory(), LeadFactory(), LeadFactory(), LeadFactory()]
    customers = [LeadFactory(stage=Stage.CUSTOMER) for _number in "12"]
    wish = {"to": "mql", "reason": "Fair", "until": None}

    done_by_then, deed = die_and_go_on(marketer, crash_at, kind="move", wish=wish)

    assert done_by_then == by_then
    assert deed.state == OwedState.DONE
    assert (deed.done, deed.changed, deed.refused) == (6, 4, 2)
    changes = StageChange.objects.filter(to_stage=Stage.MQL, cause=Cause.PERSON)
    assert [one.lead for one in changes.order_by("lead_id")] == moved
    refused = BulkRefusal.objects.order_by("lead_id")
    assert [one.lead for one in refused] == customers
    assert Notification.objects.filter(person=marketer).count() == 1


@pytest.mark.parametrize(("crash_at", "by_then"), PLACES)
def test_a_list_that_dies_is_filled_once_and_says_so_once(marketer, crash_at, by_then):
    LeadFactory.create_batch(6)

    done_by_then, deed = die_and_go_on(
        marketer, crash_at, kind="list", wish={"name": "Fair guests"}
    )

    assert done_by_then == by_then
    assert (deed.state, deed.done, deed.changed) == (OwedState.DONE, 6, 6)
    segment = Segment.objects.get()
    assert segment.members.count() == segment.counted == 6
    added = segment.events.filter(deed=SegmentDeed.ADDED)
    assert list(added.values_list("count", flat=True)) == [6]


@pytest.mark.parametrize("kind", ["enrol", "tag"])
def test_what_dies_while_it_enrols_or_tags_does_each_lead_once(marketer, kind):
    LeadFactory.create_batch(5)
    spared = LeadFactory(do_not_mail_since=NOON)
    programme = ProgrammeFactory()
    StepFactory(programme=programme, kind="wait", days=3)
    wish = {"enrol": {"programme": programme.pk}, "tag": {"tag": "Fair"}}[kind]

    done_by_then, deed = die_and_go_on(
        marketer, "bulk_mid_batch:2", kind=kind, wish=wish
    )

    assert done_by_then == 2
    assert (deed.state, deed.done) == (OwedState.DONE, 6)
    if kind == "tag":
        assert Lead.objects.filter(tags__name="Fair").count() == deed.changed == 6
        return
    assert (deed.changed, deed.refused) == (5, 1)
    entered = Enrolment.objects.values_list("lead", flat=True)
    assert len(entered) == len(set(entered) - {spared.pk}) == 5
