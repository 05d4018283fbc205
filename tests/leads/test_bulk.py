"""Writing many rows at once, the same on both databases."""

from datetime import timedelta

import pytest

from leads import bulk
from leads.choices import NotificationKind
from leads.models import Notification, Standing
from tests.leads.factories import NOON, LeadFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
NAMES = ("person_id", "event", "kind", "made_at", "title")


def test_rows_that_are_there_already_keep_what_they_say_and_tell_their_keys():
    person = UserFactory()
    kind, later = NotificationKind.PAST_DUE.value, NOON + timedelta(hours=1)
    old = (person.pk, "a", kind, NOON, "First \\ said\t“so”")
    known = ("person", "event")

    [first] = bulk.insert(Notification, NAMES, [old], known_by=known)
    again = [(person.pk, "a", kind, later, ""), (person.pk, "b", kind, later, "")]
    keys = bulk.insert(Notification, NAMES, again, known_by=known)

    assert keys[0] == first != keys[1]
    kept = Notification.objects.get(pk=first)
    assert (kept.title, kept.made_at) == ("First \\ said\t“so”", NOON)
    assert (kept.lines, kept.about, kept.wording) == ([], None, "")


def test_each_row_is_given_its_own_values_and_no_other_row_any():
    leads = [LeadFactory() for _number in range(3)]
    team, owner = TeamFactory(), UserFactory()
    rows = [(leads[0].pk, owner.pk, team.pk), (leads[1].pk, None, team.pk)]

    bulk.update(Standing, ("owner_id", "team_id"), rows)

    held = Standing.objects.order_by("pk").values_list("owner", "team")
    assert list(held) == [(owner.pk, team.pk), (None, team.pk), (None, None)]
