"""Who plans two things for one time sees what, and goes on only deliberately."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from handoff.models import Meeting
from handoff.selling import meetings
from handoff.selling.meetings import Plan
from leads import lifecycle
from tests.handoff.factories import manager, owned_lead
from tests.handoff.selling.test_meetings import NOON, STARTS, post, typed
from tests.leads.factories import RepFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(client):
    rep = RepFactory(user__time_zone="UTC").user
    client.force_login(rep)
    return rep


def errors(answer):
    return " ".join(answer.context["form"].errors["starts_at"])


def test_what_is_planned_for_that_time_stands_beside_it_with_a_way_on(client, rep):
    first, second = owned_lead(rep), owned_lead(rep)
    post(client, first, title="Kick-off", minutes="45")

    clash = post(client, second, starts_at="2031-01-02T10:30")

    assert clash.status_code == 422
    told = f"At that time: “Kick-off” with {first}, Thu 2 Jan, 10:00 to 10:45."
    assert told in errors(clash)
    assert "from 10:45 on" in errors(clash)
    assert 'type="checkbox" name="anyway"' in clash.text
    assert Meeting.objects.count() == 1
    post(client, second, starts_at="2031-01-02T10:30", anyway="on")
    post(client, second, starts_at="2031-01-02T11:00")
    assert Meeting.objects.count() == 3


@pytest.mark.parametrize(
    ("after", "minutes", "expected"),
    [(-30, 30, 0), (-30, 31, 1), (0, 45, 1), (44, 15, 1), (45, 15, 0), (-60, 240, 1)],
)
def test_meetings_clash_where_they_overlap(after, minutes, expected):
    host = RepFactory().user
    lead = owned_lead(host)
    plan = Plan("Demo", STARTS, 45, "", "", [])
    planned = meetings.schedule(lead=lead, plan=plan, actor=host, now=NOON)
    later = Plan("Next", STARTS + timedelta(minutes=after), minutes, "", "", [])

    found = meetings.clashes(lead=owned_lead(host), plan=later, host=host)

    assert len(found) == expected
    assert not meetings.clashes(lead=lead, plan=later, host=host, but=planned)
    assert len(meetings.clashes(lead=lead, plan=later, host=manager())) == expected
    meetings.cancel(meeting=planned, actor=host, now=NOON)
    assert not meetings.clashes(lead=lead, plan=later, host=host)


def test_of_leads_that_are_a_colleagues_only_the_time_is_told(client, rep):
    former = RepFactory().user
    kept, given = owned_lead(former), owned_lead(former)
    plan = Plan("Secret", datetime(2031, 1, 2, 10, tzinfo=UTC), 45, "", "", [])
    meetings.schedule(lead=kept, plan=plan, actor=former, now=NOON)
    mine = meetings.schedule(lead=given, plan=plan, actor=former, now=NOON)
    lifecycle.assign(lead=given, owner=rep, team=None)

    told = client.post(reverse("handoff:meeting_edit", args=[mine.pk]), typed())

    assert told.status_code == 422
    assert f"{former} has another meeting" in errors(told)
    assert "Secret" not in errors(told)
    assert str(kept) not in errors(told)


def test_a_change_over_somebody_elses_is_shown_and_saved_only_on_purpose(client, rep):
    post(client, owned_lead(rep))
    meeting = Meeting.objects.get()
    address = reverse("handoff:meeting_edit", args=[meeting.pk])
    client.post(address, typed(starts_at="2031-01-02T12:00", sequence="0"))

    mine = typed(title="Mine", starts_at="2031-01-02T15:00", sequence="0")
    conflict = client.post(address, mine)

    assert conflict.status_code == 422
    assert "It is now “Demo”, Thu 2 Jan, 12:00 to 12:30." in errors(conflict)
    assert 'value="Mine"' in conflict.text
    assert 'name="sequence" value="1"' in conflict.text
    client.post(address, mine | {"sequence": "1"})
    meeting.refresh_from_db()
    assert (meeting.title, meeting.sequence) == ("Mine", 2)
