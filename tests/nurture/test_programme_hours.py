from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from leads.nurture.programmes import hours

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-03-02 12:00", "2026-03-02 12:00"),  # a Monday, 13:00 in Berlin
        ("2026-03-02 05:00", "2026-03-02 07:00"),
        ("2026-03-02 17:00", "2026-03-03 07:00"),
        ("2026-03-06 17:30", "2026-03-09 07:00"),  # Friday evening
        ("2026-03-28 12:00", "2026-03-30 06:00"),  # over the change to summer time
    ],
)
def test_a_mail_leaves_within_the_hours_of_its_reader(at, opens):
    found = hours.opening(
        utc(at), zone=BERLIN, from_hour=8, to_hour=18, on_weekdays=True
    )

    assert found == utc(opens)


@pytest.mark.parametrize(
    ("weekday", "opens"),
    [(0, "2026-03-09 08:00"), (1, "2026-03-03 08:00"), (None, "2026-03-03 08:00")],
)
def test_the_next_weekday_is_after_now(weekday, opens):
    found = hours.next_weekday(
        utc("2026-03-02 12:00"), zone=BERLIN, weekday=weekday, hour=9
    )

    assert found == utc(opens)


def test_the_zone_is_the_leads_own_then_its_countrys():
    def key(named, country):
        return hours.zone_of(named=named, country=country, default="UTC").key

    assert key("Asia/Tokyo", "germany") == "Asia/Tokyo"
    assert key("../etc/passwd", "germany") == "Europe/Berlin"
    assert key(None, "nowhere") == "UTC"
