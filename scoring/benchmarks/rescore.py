"""Scoring everybody anew, beside one UPDATE by hand and a loop over the leads."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

from config import benchmarking
from config.benchmarking import Cost, measured
from leads.models import Standing
from scoring import rescoring
from scoring.benchmarks import by_hand, meanwhile, naive, sample
from scoring.models import ScoringModel
from scoring.sql import LeadRange

# The loop is measured on so many leads.
LOOPED = 200
# One value in a million may differ, of sums that grow with the landmark's distance.
TOLERANCE = 1e-6
# A crossing far ahead depends on the last digits of the sums, which the order of rows
# moves: by 3 seconds in six years, at a million leads.
SECONDS_ALIKE, SHARE_ALIKE = 1, 1e-7  # the first since instants are rounded up
_SCORES = (
    *("s_never", "s_fast", "s_medium", "s_slow", "ceiling", "fit", "grade"),
    *("is_fast_tracked", "is_disqualified_by_rule", "falls_at", "scored_seq"),
)
_UNSCORED = """UPDATE leads_standing SET s_never = 0, s_fast = 0, s_medium = 0,
    s_slow = 0, ceiling = 0, fit = 0, grade = 0, falls_at = NULL, scored_at = NULL,
    model_version = NULL, scored_seq = 0"""


class ResultsDifferError(Exception):
    """The engine and the statement by hand do not give the same scores."""


def run(
    *, leads: int, activities: int, rules: int, workers: int, **_sizes: int
) -> dict[str, Any]:
    """Measure in the empty database that is at hand.

    `ratio` is against the UPDATE by hand, `orm_ratio` says how many times longer the
    loop takes for as many leads. The slowest page and activity are what somebody waited
    for while everybody was scored. SQLite has one writer, so one worker.
    """
    model = sample.make(leads=leads, activities=activities, rules=rules)
    _gather_statistics()
    with measured() as first:
        _rescore(workers)
    _forget_scores()
    with measured() as by_hand_cost:
        _by_hand(rules)
    expected = _scores()
    _forget_scores()
    with measured() as engine_cost:
        _rescore(workers)
    _compare(expected, _scores())
    with measured() as unchanged:
        _rescore(workers)
    _forget_scores()
    with meanwhile.watched(leads=leads) as waits:
        _rescore(workers)
    return {
        "leads": leads,
        "activities": activities,
        "workers": _writers(workers),
        **_figures("", engine_cost),
        **_figures("sql_", by_hand_cost),
        **_figures("first_", first),
        **_figures("unchanged_", unchanged),
        "ratio": round(engine_cost.seconds / by_hand_cost.seconds, 2),
        "orm_ratio": _orm_ratio(model, leads, engine_cost),
        "slowest_page_seconds": round(waits.page_seconds, 3),
        "slowest_activity_seconds": round(waits.activity_seconds, 3),
        "peak_memory_mb": round(benchmarking.peak_memory_mb()),
    }


def _figures(prefix: str, cost: Cost) -> dict[str, float]:
    return {
        f"{prefix}seconds": round(cost.seconds, 3),
        f"{prefix}cpu_seconds": round(cost.cpu_seconds, 3),
    }


def _writers(workers: int) -> int:
    return workers if connection.vendor == "postgresql" else 1


def _rescore(workers: int) -> None:
    chunks, writers = rescoring.chunks_of_all(), _writers(workers)
    if writers == 1:
        _score_chunks(chunks)
        return
    shares = [chunks[worker::writers] for worker in range(writers)]
    threads = [
        threading.Thread(target=_in_connection, args=(_score_chunks, share))
        for share in shares
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _score_chunks(chunks: list[LeadRange]) -> None:
    for leads in chunks:
        rescoring.rescore_chunk(leads=leads, now=sample.END)


def _in_connection(work: Callable[[Any], None], share: Any) -> None:
    """Threads have a connection of their own, given back at the end."""
    try:
        work(share)
    finally:
        connection.close()


def _by_hand(rules: int) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET work_mem = '256MB'; SET jit = off")
        by_hand.update_all(rules)
        if connection.vendor == "postgresql":
            cursor.execute("RESET work_mem; RESET jit")


def _forget_scores() -> None:
    """Stages stay as they are, so that whoever scores next writes every row."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSCORED)
    _gather_statistics()


def _gather_statistics() -> None:
    """As the database does by itself within a minute."""
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if is_postgresql else "ANALYZE")


def _scores() -> list[tuple[Any, ...]]:
    # A part of a big sample will do, and keeps the memory flat.
    rows = Standing.objects.order_by("pk").values_list("pk", *_SCORES)
    return list(rows[: rescoring.CHUNK])


def _compare(expected: list[tuple[Any, ...]], found: list[tuple[Any, ...]]) -> None:
    for by_hand_row, row in zip(expected, found, strict=True):
        if not all(map(_is_same, by_hand_row, row)):
            message = f"By hand {by_hand_row}, by the engine {row}."
            raise ResultsDifferError(message)


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float):
        return bool(abs(one - other) <= TOLERANCE * (1 + abs(one)))
    if isinstance(one, datetime) and isinstance(other, datetime):
        ahead = (one - sample.END).total_seconds()
        apart = abs((one - other).total_seconds())
        return apart <= SECONDS_ALIKE + SHARE_ALIKE * ahead
    return bool(one == other)


def _orm_ratio(model: ScoringModel, leads: int, engine_cost: Cost) -> float:
    step = max(leads // LOOPED, 1)
    lead_ids = list(range(1, leads + 1, step))[:LOOPED]
    with measured() as looped:
        naive.score_each(model=model, lead_ids=lead_ids)
    per_lead = looped.cpu_seconds / len(lead_ids)
    return round(per_lead / (engine_cost.cpu_seconds / leads), 1)
