"""Chance that repeats: the same names give the same numbers on every machine."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

SEED = "baton"
# Share of what happens on a Saturday or Sunday that is left there; the rest waits.
WEEKEND_SHARE = 0.25

Choice = TypeVar("Choice")


def stream(*names: object) -> Random:
    """A source of chance of its own for each name, so that none disturbs another."""
    words = [SEED, *map(str, names)]
    return Random("/".join(words))  # noqa: S311 - invents sample data, no secrets


def weighted(chance: Random, weights: Mapping[Choice, float]) -> Choice:
    """One key, drawn by its weight."""
    return chance.choices(list(weights), list(weights.values()))[0]


def daytime(chance: Random, day: datetime) -> datetime:
    """An instant of that day in office hours, mostly on a working day (UTC)."""
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    if midnight.weekday() >= 5 and chance.random() > WEEKEND_SHARE:
        midnight += timedelta(days=7 - midnight.weekday())
    seconds = int((6.5 + 12 * chance.betavariate(2, 2)) * 3600)
    return midnight + timedelta(seconds=seconds)
