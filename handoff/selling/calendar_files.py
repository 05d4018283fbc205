"""Calendar files of meetings, as calendars everywhere read them.

Source: RFC 5545 for the file, RFC 5546 for REQUEST and CANCEL, UID and SEQUENCE.
"""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from handoff.choices import InvitationMethod
from handoff.models import Guest, Meeting


def calendar_file(
    *, meeting: Meeting, guests: Iterable[Guest], method: InvitationMethod
) -> bytes:
    """The file that puts the meeting into a calendar, or takes it out again.

    Times are in the zone of whoever planned it, which comes with the file.
    """
    zone = ZoneInfo(meeting.time_zone)
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at)
    event.add("dtstart", meeting.starts_at.astimezone(zone))
    event.add("dtend", meeting.ends_at.astimezone(zone))
    event.add("summary", meeting.title)
    if meeting.place:
        event.add("location", meeting.place)
    if meeting.words:
        event.add("description", meeting.words)
    is_off = method == InvitationMethod.CANCEL
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    if meeting.host:
        event["organizer"] = _address(meeting.host.email, str(meeting.host))
    for guest in guests:
        attendee = _address(guest.email, str(guest))
        attendee.params["partstat"] = vText("NEEDS-ACTION")
        attendee.params["rsvp"] = vText("TRUE")
        event.add("attendee", attendee, encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//Baton//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value.upper())
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _address(email: str, name: str) -> vCalAddress:
    """Somebody by address; a name cannot hold quotes or line breaks here."""
    address = vCalAddress(f"mailto:{email}")
    shown = " ".join(name.replace('"', "'").split())
    address.params["cn"] = vText("".join(filter(str.isprintable, shown)))
    return address
