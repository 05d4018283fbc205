from datetime import UTC, date, datetime, timedelta

import pytest

from reports.periods import Period, Preset, midnight, preset_period

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("preset", "start"),
    [
        (Preset.QUARTER, date(2026, 4, 1)),
        (Preset.DAYS_90, date(2026, 2, 20)),
        (Preset.MONTHS_12, date(2025, 6, 1)),
    ],
)
def test_a_preset_ends_with_today(preset, start):
    assert preset_period(preset=preset, now=NOW) == Period(start, date(2026, 5, 21))


def test_the_last_90_days_are_90_days():
    period = preset_period(preset=Preset.DAYS_90, now=NOW)

    assert period.end - period.start == timedelta(days=90)


def test_today_is_that_of_the_workspace(settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    late = datetime(2026, 3, 31, 13, tzinfo=UTC)  # 1 April there

    period = preset_period(preset=Preset.QUARTER, now=late)

    assert period == Period(date(2026, 4, 1), date(2026, 4, 2))


def test_a_day_begins_at_midnight_of_the_workspace_in_winter_and_summer(settings):
    settings.TIME_ZONE = "Europe/Berlin"

    before, after = midnight(date(2026, 3, 29)), midnight(date(2026, 3, 30))

    assert before.astimezone(UTC) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert after.astimezone(UTC) == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_a_day_without_a_midnight_begins_when_the_clock_goes_on(settings):
    settings.TIME_ZONE = "America/Sao_Paulo"

    first = midnight(date(2018, 11, 4))  # the clock went from 00:00 to 01:00

    assert first.astimezone(UTC) == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_months_follow_each_other_over_the_turn_of_the_year():
    months = Period(date(2025, 11, 20), date(2026, 2, 1)).months

    assert [f"{month.start:%Y-%m}" for month in months] == [
        "2025-11",
        "2025-12",
        "2026-01",
    ]


def test_before_a_period_that_is_over_lie_as_many_whole_days():
    over = Period(date(2026, 5, 10), date(2026, 5, 20))

    assert over.before(now=NOW) == Period(date(2026, 4, 30), date(2026, 5, 10))


@pytest.mark.parametrize("end", [date(2026, 5, 21), date(2026, 6, 1), date(2027, 1, 1)])
def test_beside_a_period_that_goes_on_stands_one_of_the_same_length(end, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    period = Period(date(2026, 5, 11), end)

    before = period.before(now=NOW)

    assert (before.start, before.end) == (date(2026, 5, 1), date(2026, 5, 11))
    assert before.end_at == datetime(2026, 5, 10, 12, tzinfo=UTC)
    assert before.end_at - before.start_at == NOW - period.start_at


def test_beside_a_period_that_has_not_begun_stands_nothing():
    assert Period(date(2026, 5, 21), date(2026, 6, 1)).before(now=NOW) is None


def test_no_shorter_period_stands_beside_one_that_begins_with_the_first_days():
    assert Period(date(1970, 1, 20), date(1970, 2, 20)).before(now=NOW) is None
