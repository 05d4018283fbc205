import pytest

from handoff import defaults
from handoff.choices import ReasonCategory, ReasonEffect
from handoff.models import RejectionReason
from tests.handoff.factories import ReasonFactory

pytestmark = pytest.mark.django_db


def test_every_category_has_a_reason():
    defaults.ensure_reasons()

    found = RejectionReason.objects.values_list("category", flat=True)
    assert set(found) == set(ReasonCategory.values)


def test_making_them_again_leaves_edits_alone():
    defaults.ensure_reasons()
    RejectionReason.objects.filter(key="bad-timing").update(label="Later", is_on=False)
    count = RejectionReason.objects.count()

    defaults.ensure_reasons()

    edited = RejectionReason.objects.get(key="bad-timing")
    assert (edited.label, edited.is_on) == ("Later", False)
    assert RejectionReason.objects.count() == count


@pytest.mark.parametrize(
    ("key", "effect", "words"),
    [
        ("bad-timing", ReasonEffect.RECYCLE, "Back to nurture for 90 days"),
        ("duplicate", ReasonEffect.DISQUALIFY, "Disqualify"),
        ("not-mine", ReasonEffect.REROUTE, "Offer to another rep"),
    ],
)
def test_a_reason_says_what_it_does(key, effect, words):
    defaults.ensure_reasons()

    reason = RejectionReason.objects.get(key=key)
    assert (reason.effect, reason.consequence) == (effect, words)


def test_only_other_asks_for_a_note():
    defaults.ensure_reasons()

    asking = RejectionReason.objects.filter(needs_note=True)
    assert [reason.key for reason in asking] == ["other"]


def test_a_workspace_with_reasons_keeps_its_own():
    ReasonFactory()

    defaults.ensure_reasons()

    assert RejectionReason.objects.count() == 1
