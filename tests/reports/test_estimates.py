from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.estimates import SMALLEST_N, kaplan_meier, wilson

# Newcombe 1998, Statistics in Medicine 17, table I, method 3.
NEWCOMBE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]
# Freireich 1963, remission under 6-MP in weeks; survival and its Greenwood error as
# printed in Kalbfleisch and Prentice, and in Collett.
RELAPSES = Counter([6, 6, 6, 7, 10, 13, 16, 22, 23])
WATCHED = Counter([6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
FREIREICH = [
    (6, 0.857, 0.0764),
    (7, 0.807, 0.0869),
    (10, 0.753, 0.0963),
    (13, 0.690, 0.1068),
    (16, 0.627, 0.1141),
    (22, 0.538, 0.1282),
    (23, 0.448, 0.1346),
]
counts = st.dictionaries(st.integers(0, 90), st.integers(1, 50), max_size=20)


@pytest.mark.parametrize(("hits", "n", "low", "high"), NEWCOMBE)
def test_the_wilson_interval_is_that_of_the_literature(hits, n, low, high):
    estimate = wilson(hits=hits, n=n)

    assert estimate.share == pytest.approx(hits / n)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=5e-5)


def test_of_nobody_nothing_is_known():
    estimate = wilson(hits=0, n=0)

    assert (estimate.low, estimate.high) == (0.0, 1.0)
    assert not estimate.is_shown


@given(
    st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
)
def test_the_wilson_interval_holds_its_share(pair):
    hits, n = pair

    estimate = wilson(hits=hits, n=n)

    assert 0 <= estimate.low <= estimate.share <= estimate.high <= 1


@pytest.mark.parametrize(("week", "survival", "error"), FREIREICH)
def test_kaplan_meier_and_greenwood_are_those_of_the_literature(week, survival, error):
    seen = {at: count for at, count in RELAPSES.items() if at <= week}
    later = Counter({week: sum(RELAPSES.values()) - sum(seen.values())})
    censored = Counter(
        {at: count for at, count in WATCHED.items() if at < week}
    ) + Counter({week: sum(count for at, count in WATCHED.items() if at >= week)})

    estimate = kaplan_meier(events=seen, censored=censored + later)

    assert 1 - estimate.share == pytest.approx(survival, abs=5e-4)
    assert (estimate.high - estimate.share) / 1.96 == pytest.approx(error, abs=5e-4)


@given(counts, counts)
def test_kaplan_meier_holds_its_share(events, censored):
    estimate = kaplan_meier(events=events, censored=censored)

    assert 0 <= estimate.low <= estimate.share + 1e-12
    assert estimate.share <= estimate.high + 1e-12 <= 1 + 2e-12
    assert estimate.n == sum(events.values()) + sum(censored.values())


@given(counts, st.integers(1, 500))
def test_with_everybody_watched_to_the_end_it_is_the_plain_share(events, others):
    estimate = kaplan_meier(events=events, censored={90: others})

    hits = sum(events.values())
    assert estimate.share == pytest.approx(hits / (hits + others))


def test_that_nobody_converted_yet_or_everybody_did_is_not_said_to_be_certain():
    nobody = kaplan_meier(events={}, censored={1: 500, 30: 40})
    everybody = kaplan_meier(events={5: 40}, censored={1: 500})

    assert (nobody.low, nobody.high) == (0, wilson(hits=0, n=40).high)
    assert (everybody.low, everybody.high) == (wilson(hits=40, n=40).low, 1)


def test_entries_that_had_no_time_say_nothing():
    watched = kaplan_meier(events={5: 10}, censored={90: 10})

    with_fresh_ones = kaplan_meier(events={5: 10}, censored={90: 10, 0: 500})

    assert with_fresh_ones.share == pytest.approx(watched.share)


def test_a_share_of_few_is_not_shown():
    assert not wilson(hits=5, n=SMALLEST_N - 1).is_shown
    assert wilson(hits=5, n=SMALLEST_N).is_shown
