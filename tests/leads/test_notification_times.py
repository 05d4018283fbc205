from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from leads import notification_times
from leads.choices import MailTiming

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = (time(20), time(7, 30))
LUNCH = (time(12), time(13))


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "timing", "quiet", "expected"),
    [
        ("2026-03-02 15:10", "at_once", None, "2026-03-02 15:10"),
        ("2026-03-02 15:10", "at_once", NIGHT, "2026-03-02 15:10"),
        ("2026-03-02 23:10", "at_once", NIGHT, "2026-03-03 07:30"),
        ("2026-03-03 03:10", "at_once", NIGHT, "2026-03-03 07:30"),
        ("2026-03-03 07:30", "at_once", NIGHT, "2026-03-03 07:30"),
        ("2026-03-02 12:00", "at_once", LUNCH, "2026-03-02 13:00"),
        ("2026-03-02 15:10", "hourly", None, "2026-03-02 16:00"),
        ("2026-03-02 19:10", "hourly", NIGHT, "2026-03-03 07:30"),
        ("2026-03-02 06:10", "daily", None, "2026-03-02 08:00"),
        ("2026-03-02 08:00", "daily", None, "2026-03-03 08:00"),
        # The night in which the clocks go forward.
        ("2026-03-28 21:00", "at_once", NIGHT, "2026-03-29 07:30"),
        ("2026-03-02 15:10", "at_once", (time(9), time(9)), "2026-03-02 15:10"),
    ],
)
def test_news_waits_for_its_hour_and_the_end_of_the_quiet(now, timing, quiet, expected):
    due_at = notification_times.due_at(
        now=local(now).astimezone(UTC),
        timing=MailTiming(timing),
        zone=BERLIN,
        digest_hour=8,
        quiet_hours=quiet,
    )

    assert due_at == local(expected)
