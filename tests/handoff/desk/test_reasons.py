"""Reasons are edited, ordered and retired, and never deleted."""

import pytest

from handoff import lifecycle
from handoff.choices import ReasonEffect
from handoff.desk import reasons
from handoff.models import RejectionReason
from leads.choices import Role, Stage
from tests.handoff.factories import HandoffFactory, ReasonFactory, manager
from tests.leads.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/settings/reasons/"
FIELDS = {
    "label": "No need",
    "category": "intent",
    "acts_next": "marketing",
    "effect": "recycle",
    "recycle_days": "60",
    "min_attempts": "0",
}


@pytest.fixture
def signed_in(client):
    client.force_login(manager())
    return client


def labels():
    in_use = RejectionReason.objects.filter(is_on=True)
    return [reason.label for reason in in_use]


def test_a_new_reason_comes_last(signed_in):
    ReasonFactory(label="Bad timing", position=1)

    answer = signed_in.post(f"{PAGE}new/", FIELDS, follow=True)

    assert labels() == ["Bad timing", "No need"]
    assert "Back to nurture for 60 days" in answer.text


def test_a_reason_is_changed(signed_in):
    reason = ReasonFactory()

    signed_in.post(f"{PAGE}{reason.pk}/", FIELDS | {"needs_note": "on"})

    reason.refresh_from_db()
    assert (reason.label, reason.recycle_days, reason.needs_note) == (
        "No need",
        60,
        True,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", ""),
        ("label", "bad TIMING"),
        ("recycle_days", "0"),
        ("recycle_days", "99999999999999999999"),
        ("min_attempts", "-1"),
        ("effect", "explode"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field(signed_in, field, value):
    ReasonFactory(label="Bad timing")

    answer = signed_in.post(f"{PAGE}new/", FIELDS | {field: value})

    assert answer.status_code == 422
    assert answer.context["form"].errors[field]


def test_reasons_change_places(signed_in):
    for position, label in enumerate(("One", "Two", "Three"), start=1):
        last = ReasonFactory(label=label, position=position)

    signed_in.post(f"{PAGE}{last.pk}/move/", {"to": "up"})
    assert labels() == ["One", "Three", "Two"]
    for _again in range(3):
        signed_in.post(f"{PAGE}{last.pk}/move/", {"to": "up"})

    assert labels() == ["Three", "One", "Two"]
    assert signed_in.post(f"{PAGE}{last.pk}/move/", {"to": "x"}).status_code == 400


def test_a_reason_that_a_colleague_has_just_retired_stays_where_it_is():
    first, second = ReasonFactory(position=1), ReasonFactory(position=2)
    RejectionReason.objects.filter(pk=first.pk).update(is_on=False)

    reasons.move(reason=first, by=1)

    second.refresh_from_db()
    assert second.position == 2


def test_a_retired_reason_can_be_used_again(signed_in):
    reason = ReasonFactory(label="Bad timing")

    retired = signed_in.post(f"{PAGE}{reason.pk}/use/", {"is_on": "0"}, follow=True)
    assert (labels(), "Use again" in retired.text) == ([], True)
    signed_in.post(f"{PAGE}{reason.pk}/use/", {"is_on": "1"})

    assert labels() == ["Bad timing"]


def test_inaccurate_data_goes_back_to_marketing():
    handoff = HandoffFactory()
    reason = ReasonFactory(effect=ReasonEffect.FIX_DATA, recycle_days=30)

    lifecycle.reject(
        handoff=handoff, reason=reason, note="", actor=handoff.rep, now=NOON
    )

    handoff.lead.standing.refresh_from_db()
    assert handoff.lead.standing.stage == Stage.RECYCLED
    assert reason.consequence == (
        "Marketing puts the data right. Back to nurture for 30 days"
    )


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
def test_reasons_are_the_managers(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(PAGE).status_code == 403
