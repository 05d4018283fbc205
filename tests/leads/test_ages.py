import pytest

from leads import ages
from leads.ages import DAY, HOUR, MINUTE


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (59, "now"),
        (12 * MINUTE, "12 min"),
        (3 * HOUR + 59 * MINUTE, "3 h"),
        (4 * DAY + 5 * HOUR, "4 d"),
        (60 * DAY, "2 mo"),
        (730 * DAY, "2 y"),
        (-4 * DAY, "4 d"),
    ],
)
def test_a_card_tells_a_span_in_one_unit(seconds, words):
    assert ages.short_span(seconds) == words
