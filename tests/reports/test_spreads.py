import pytest

from leads.choices import Stage
from reports.spreads import LONGER, OPEN, STAYS, WAITS, key_of, of_stays, wait_key


@pytest.mark.parametrize(
    ("seconds", "key"),
    [
        (0, "15min"),
        (900, "15min"),
        (900.5, "1h"),
        (3_600, "1h"),
        (86_400, "24h"),
        (86_401, "3d"),
        (7 * 86_400, "7d"),
        (7 * 86_400 + 1, LONGER),
    ],
)
def test_a_time_counts_in_the_first_row_whose_end_it_is_not_above(seconds, key):
    assert key_of(seconds, WAITS) == key
    assert wait_key(seconds, is_over=True) == key
    assert wait_key(seconds, is_over=False) == OPEN


def test_the_shares_of_the_stays_of_a_stage_are_of_all_its_stays():
    left = {Stage.MQL: {3_600: 15, 40 * 86_400: 5}}

    (row,) = of_stays(left, [Stage.MQL]).rows

    shares = {key: rate.share for key, rate in row.values.items()}
    assert (shares["1d"], shares["60d"], shares[LONGER]) == (0.75, 0.25, 0.0)
    assert sum(shares.values()) == 1
    assert {rate.n for rate in row.values.values()} == {20}
    assert list(shares) == [*STAYS, LONGER]
