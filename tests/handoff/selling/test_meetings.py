from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from handoff import tasks
from handoff.models import Guest, Invitation, Meeting
from handoff.selling import invitations, meetings
from handoff.selling.meetings import Invited, MeetingError, Plan
from leads.choices import Outcome
from leads.models import Activity
from leads.owed import LEASE, OwedState
from tests.handoff.factories import TaskFactory, owned_lead
from tests.leads.factories import NOON, RepFactory

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
STARTS = datetime(2026, 4, 1, 10, tzinfo=BERLIN)  # after the clocks went forward
LATER = NOON + timedelta(hours=1)
MAYA = Invited("maya@example.com", "Maya Okafor")
JON = Invited("jon@example.com", "Jon Bell")
PLAN = Plan("Demo", STARTS, 45, "https://meet.example/x", "The planner.", [MAYA])


@pytest.fixture
def rep():
    return RepFactory(user__name="Ana Ruiz", user__email="ana@baton.example").user


@pytest.fixture
def meeting(rep):
    return planned(rep)


def planned(rep, plan=PLAN):
    with timezone.override(BERLIN):
        return meetings.schedule(lead=owned_lead(rep), plan=plan, actor=rep, now=NOON)


def change(meeting, rep, **fields):
    return meetings.change(
        meeting=meeting,
        sequence=meeting.sequence,
        plan=replace(PLAN, **fields),
        actor=rep,
        now=LATER,
    )


def sent(now=LATER):
    """The mails that leave now, each as (address, subject, calendar)."""
    before = len(mail.outbox)
    invitations.send_owed(now=now)
    return [(one.to[0], one.subject, file_of(one)) for one in mail.outbox[before:]]


def file_of(message):
    (part,) = message.attachments
    assert part.get_content_type() == "text/calendar"
    return Calendar.from_ical(part.get_payload(decode=True))


def event_of(calendar):
    (event,) = calendar.walk("VEVENT")
    return event


def test_a_guest_gets_an_invitation_that_calendars_understand(meeting, rep):
    ((to, subject, calendar),) = sent()

    event = event_of(calendar)
    assert (to, subject) == ("maya@example.com", "Invitation: Demo")
    assert calendar["method"] == "REQUEST"
    assert (event["uid"], event["sequence"]) == (meeting.uid, 0)
    assert event.decoded("dtstart") == STARTS
    assert event["dtstart"].params["tzid"] == "Europe/Berlin"
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=45)
    assert event["organizer"] == f"mailto:{rep.email}"
    assert event["attendee"] == "mailto:maya@example.com"


def test_the_mail_says_the_time_in_the_hosts_zone(meeting):
    sent()

    assert "Wed 1 Apr 2026, 10:00 CEST, 45 minutes" in mail.outbox[0].body
    assert mail.outbox[0].reply_to == ["ana@baton.example"]


def test_an_invitation_leaves_once(meeting):
    assert len(sent()) == 1
    assert sent() == []
    tasks.send_invitations()
    assert len(mail.outbox) == 1


def test_what_a_worker_left_behind_is_not_sent_again_by_itself(meeting):
    Invitation.objects.take(now=NOON)

    assert sent(now=NOON + LEASE * 2) == []
    stuck = Invitation.objects.get()
    assert stuck.state == OwedState.STUCK
    assert "nobody knows" in stuck.last_error


def test_a_person_decides_to_send_it_after_all(meeting):
    Invitation.objects.take(now=NOON)
    sent(now=NOON + LEASE * 2)

    assert invitations.send_again(meeting=meeting, now=LATER) == 1
    assert len(sent(now=LATER)) == 1


def test_a_server_that_refuses_leaves_the_mail_due(meeting, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert invitations.send_owed(now=LATER) == 0

    waiting = Invitation.objects.get()
    assert (waiting.state, waiting.attempts) == (OwedState.DUE, 1)


def test_a_change_raises_the_sequence_and_keeps_the_uid(meeting, rep):
    sent()
    change(meeting, rep, starts_at=STARTS + timedelta(days=1))

    ((_to, subject, calendar),) = sent()

    event = event_of(calendar)
    assert subject == "Changed: Demo"
    assert (event["uid"], event["sequence"]) == (meeting.uid, 1)
    assert event.decoded("dtstart") == STARTS + timedelta(days=1)


def test_a_change_before_the_first_mail_sends_one_mail(meeting, rep):
    change(meeting, rep, title="Long demo")

    assert [subject for _to, subject, _file in sent()] == ["Changed: Long demo"]


def test_who_is_taken_out_is_told_and_who_comes_new_is_invited(meeting, rep):
    sent()
    change(meeting, rep, guests=[JON])

    methods = {to: str(file["method"]) for to, _subject, file in sent()}

    assert methods == {"maya@example.com": "CANCEL", "jon@example.com": "REQUEST"}


def test_who_was_never_told_needs_no_cancellation(meeting, rep):
    meetings.cancel(meeting=meeting, actor=rep, now=LATER)

    assert sent() == []
    assert Invitation.objects.get().state == OwedState.CANCELLED


def test_a_cancelled_meeting_is_taken_out_of_calendars(meeting, rep):
    sent()
    for _turn in range(2):
        meetings.cancel(meeting=meeting, actor=rep, now=LATER)

    ((_to, subject, calendar),) = sent()

    assert (subject, calendar["method"]) == ("Cancelled: Demo", "CANCEL")
    assert event_of(calendar)["status"] == "CANCELLED"
    assert event_of(calendar)["sequence"] == 1


def test_a_cancelled_meeting_is_not_changed(meeting, rep):
    meetings.cancel(meeting=meeting, actor=rep, now=LATER)

    with pytest.raises(MeetingError, match="is cancelled"):
        change(meeting, rep)


def test_who_was_slower_does_not_write_over_the_faster(meeting, rep):
    change(meeting, rep, title="Faster")

    with pytest.raises(MeetingError, match="Somebody changed"):
        meetings.change(meeting=meeting, sequence=0, plan=PLAN, actor=rep, now=LATER)


def test_a_held_meeting_stands_in_the_timeline_and_settles_its_task(meeting, rep):
    TaskFactory(lead=meeting.lead, kind="meeting")
    now = STARTS + timedelta(hours=1)

    for _turn in range(2):
        meetings.settle(
            meeting=meeting, outcome=Outcome.HELD, note="", actor=rep, now=now
        )

    activity = Activity.objects.get()
    assert (activity.subject, activity.occurred_at) == ("Demo", STARTS)
    assert activity.properties == {"outcome": "held"}
    assert not meeting.lead.tasks.open().exists()


def test_a_meeting_to_come_has_no_outcome(meeting, rep):
    with pytest.raises(MeetingError, match="still to come"):
        meetings.settle(
            meeting=meeting, outcome=Outcome.NO_SHOW, note="", actor=rep, now=LATER
        )


def test_another_rep_plans_no_meeting(meeting):
    with pytest.raises(MeetingError, match="Only the rep"):
        meetings.cancel(meeting=meeting, actor=RepFactory().user, now=LATER)


@pytest.mark.parametrize(
    "name",
    [
        'Robert "Bob" Tables',
        "Bell; Jon, Dr.: the\r\nBcc: all@example.com",
        "Zoë 名前 \N{OLD HUNGARIAN CAPITAL LETTER A}",
        "a\x1bc",
    ],
)
def test_a_strange_name_breaks_neither_mail_nor_file(rep, name):
    plan = replace(PLAN, words=name, guests=[Invited("jon@example.com", name)])
    planned(rep, plan)

    ((to, _subject, calendar),) = sent()

    assert to == "jon@example.com"
    assert mail.outbox[0].message()["Bcc"] is None
    assert event_of(calendar)["attendee"] == "mailto:jon@example.com"


# --- pages ---------------------------------------------------------------------------


def typed(**fields):
    return {
        "title": "Demo",
        "starts_at": "2031-01-02T10:00",
        "minutes": "30",
        "place": "",
        "words": "",
        "addresses": "",
        **fields,
    }


def post(client, lead, **fields):
    return client.post(reverse("handoff:meeting_new", args=[lead.pk]), typed(**fields))


def test_people_and_addresses_are_invited_once_each(client, rep):
    client.force_login(rep)
    lead = owned_lead(rep, email="maya@example.com")

    post(
        client,
        lead,
        people=[lead.pk],
        addresses="Maya@Example.com, jon@example.com\njon@example.com",
    )

    guests = Guest.objects.values_list("email", "lead")
    assert list(guests) == [("maya@example.com", lead.pk), ("jon@example.com", None)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "Demo\r\nBcc: all@example.com"),
        ("title", "x" * 201),
        ("place", "Room\n5"),
        ("starts_at", "2020-01-01T10:00"),
        ("starts_at", "9999-12-31T23:59"),
        ("minutes", "7"),
        ("people", ["0"]),
        ("addresses", "jon at example.com"),
        ("addresses", "jon@example.com\r\nBcc: all@example.com"),
        ("addresses", ",".join(f"guest{n}@example.com" for n in range(31))),
    ],
)
def test_a_wrong_meeting_is_refused_beside_its_field(client, rep, field, value):
    client.force_login(rep)

    answer = post(client, owned_lead(rep), **{field: value})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Meeting.objects.exists()


def test_a_meeting_is_changed_and_cancelled_on_the_leads_page(client, rep):
    client.force_login(rep)
    post(client, owned_lead(rep), addresses="jon@example.com")
    meeting = Meeting.objects.get()

    address = reverse("handoff:meeting_edit", args=[meeting.pk])
    assert "jon@example.com" in client.get(address).content.decode()
    client.post(address, typed(title="Changed", sequence="0"))
    client.post(reverse("handoff:meeting_cancel", args=[meeting.pk]))

    meeting.refresh_from_db()
    assert (meeting.title, meeting.sequence) == ("Changed", 2)
    page = client.get(reverse("leads:detail", args=[meeting.lead_id]))
    assert "Cancelled" in page.content.decode()


def test_the_calendar_file_can_be_taken_away(client, rep, meeting):
    client.force_login(rep)

    answer = client.get(reverse("handoff:meeting_file", args=[meeting.pk]))

    assert answer["Content-Type"].startswith("text/calendar")
    assert event_of(Calendar.from_ical(answer.content))["uid"] == meeting.uid


def test_how_it_went_is_told_with_one_click(client, rep):
    client.force_login(rep)
    meeting = planned(rep, replace(PLAN, starts_at=datetime.now(UTC)))
    address = reverse("handoff:meeting_settle", args=[meeting.pk])

    assert client.post(address, {"outcome": "won"}).status_code == 400
    client.post(address, {"outcome": "no_show"})

    meeting.refresh_from_db()
    assert meeting.outcome == Outcome.NO_SHOW


@pytest.mark.parametrize(
    "name", ["meeting_edit", "meeting_cancel", "meeting_settle", "meeting_send_again"]
)
def test_another_reps_meeting_is_not_found(client, meeting, name):
    client.force_login(RepFactory().user)

    address = reverse(f"handoff:{name}", args=[meeting.pk])
    assert client.post(address, {"outcome": "held"}).status_code == 404
