import pytest

from handoff.sla import times

OFFICE = ((540, 1020),)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("  ", ()),
        ("09:00–17:00", ((540, 1020),)),
        ("9-17", ((540, 1020),)),
        ("13.00 - 17.30, 9:00-12:00", ((540, 720), (780, 1050))),
        ("00:00–24:00", ((0, 1440),)),
    ],
)
def test_hours_are_read_as_people_write_them(text, spans):
    assert times.read(text) == spans


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nine to five", "is no span of time"),
        ("09:00", "is no span of time"),
        ("09:00–25:00", "beyond 24:00"),
        ("09:60–17:00", "beyond 59 minutes"),
        ("22:00–06:00", "ends before it begins"),
        ("09:00–09:00", "ends before it begins"),
        ("09:00–12:00, 11:00–17:00", "overlap"),
        ("٣-٤x", "is no span of time"),
    ],
)
def test_what_are_no_hours_is_told(text, problem):
    with pytest.raises(ValueError, match=problem):
        times.read(text)


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ((OFFICE,) * 5 + ((), ()), "Mon to Fri 09:00–17:00"),
        ((OFFICE,) * 4 + (((540, 900),), (), ()),
         "Mon to Thu 09:00–17:00 · Fri 09:00–15:00"),
        ((OFFICE, OFFICE, (), (), (), (), ()), "Mon, Tue 09:00–17:00"),
        (((), (), OFFICE, (), (), (), ()), "Wed 09:00–17:00"),
        ((((0, 1440),),) * 7, "Around the clock"),
        (((),) * 7, "Never open"),
    ],
)  # fmt: skip
def test_a_week_is_told_in_few_words(week, words):
    assert times.week_in_words(week) == words


def test_what_is_written_is_read_again():
    spans = ((540, 720), (780, 1440))

    assert times.read(times.write(spans)) == spans
