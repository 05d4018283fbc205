"""Writing the scores: one statement a chunk, whether one lead or a million."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Max, Min, QuerySet

from leads.crashpoints import crashpoint
from leads.models import Standing
from scoring import decay, engagement, falling, fit, ledger, moving
from scoring.gates import GateLimits
from scoring.ledger import Ledger
from scoring.models import ScoringModel
from scoring.sql import (
    LeadIds,
    LeadRange,
    Leads,
    Sql,
    compose,
    is_postgresql,
    joined,
    moment,
    number,
)

CHUNK = 20_000
# Leads that are owed lie scattered, and their locks are held while they are scored.
OWED_CHUNK = 5_000
MOST_CHUNKS = 50

_SUMS = """sums AS (
    SELECT lead_id,
        sum(weight) FILTER (WHERE speed = 'never') AS never,
        sum(weight) FILTER (WHERE speed = 'fast') AS fast,
        sum(weight) FILTER (WHERE speed = 'medium') AS medium,
        sum(weight) FILTER (WHERE speed = 'slow') AS slow
    FROM counted GROUP BY lead_id
),
effects AS (
    SELECT placed.lead_id,
        max(CASE WHEN rule.effect = 'fast_track' THEN 1 ELSE 0 END) AS fast_track,
        max(CASE WHEN rule.effect = 'disqualify' THEN 1 ELSE 0 END) AS disqualify
    FROM placed JOIN scoring_behaviourrule rule ON rule.id = placed.rule_id
    WHERE rule.effect <> 'none' GROUP BY placed.lead_id
)"""

_SCORED = """scored AS MATERIALIZED (
    SELECT standing.lead_id, standing.stage, standing.stage_cause, standing.held_until,
        standing.stale_seq AS seen,
        standing.held_since IS NOT NULL AND (
            standing.held_until IS NULL OR standing.held_until > {now}) AS is_held,
        {never} AS s_never, {fast} AS s_fast, {medium} AS s_medium, {slow} AS s_slow,
        fit.points AS fit, {grade} AS grade,
        fit.is_promoted = 1 OR coalesce(effects.fast_track, 0) = 1 AS is_fast_tracked,
        fit.is_barred = 1 OR coalesce(effects.disqualify, 0) = 1 AS is_disqualified
    FROM leads_standing standing
    JOIN fit ON fit.lead_id = standing.lead_id
    LEFT JOIN sums ON sums.lead_id = standing.lead_id
    LEFT JOIN effects ON effects.lead_id = standing.lead_id
    WHERE {in_question}
)"""

# `seen` comes from the side that was read together with the activities. The row being
# written is read again after waiting for its lock, and knows of later ones.
_UPDATE = """UPDATE leads_standing SET
    s_never = n.s_never, s_fast = n.s_fast, s_medium = n.s_medium, s_slow = n.s_slow,
    ceiling = {ceiling}, fit = n.fit, grade = n.grade,
    is_fast_tracked = n.is_fast_tracked, is_disqualified_by_rule = n.is_disqualified,
    falls_at = n.falls_at, scored_at = {now}, model_version = {version},
    scored_seq = n.seen
FROM (
    WITH {relations}
    SELECT scored.*, due.at AS falls_at
    FROM scored LEFT JOIN due ON due.lead_id = scored.lead_id
) AS n
WHERE leads_standing.lead_id = n.lead_id AND {in_question} AND ({is_worth_writing})"""

_CHANGED = """leads_standing.model_version IS DISTINCT FROM {version}
    OR leads_standing.scored_seq <> n.seen OR leads_standing.falls_at <= {now}
    OR leads_standing.grade <> n.grade
    OR leads_standing.is_fast_tracked <> n.is_fast_tracked
    OR leads_standing.is_disqualified_by_rule <> n.is_disqualified
    OR {is_other_number}"""
_NUMBERS = ("s_never", "s_fast", "s_medium", "s_slow", "fit")
_ALL = Sql("1 = 1")

_FOR_FEW = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off"
# Without statistics, as after a great import, the planner takes many leads for few,
# and compares each with each.
_FOR_MANY = f"{_FOR_FEW}; SET LOCAL enable_nestloop = off"
MANY = 1_000


def rescore(*, lead_ids: Sequence[int] | None, now: datetime) -> int:
    """Score these leads, or with None everybody, and count them.

    Each chunk is one transaction that also moves the leads whose score asks for it.
    Without an active model nothing happens.
    """
    return sum(rescored_chunks(lead_ids=lead_ids, now=now))


def rescored_chunks(*, lead_ids: Sequence[int] | None, now: datetime) -> Iterator[int]:
    """Score as `rescore` does; after each chunk, how many leads it held."""
    for leads in chunks_of_all() if lead_ids is None else _chunks(lead_ids):
        if not rescore_chunk(leads=leads, now=now):
            return
        crashpoint("rescore_after_chunk")
        yield Standing.objects.filter(leads.q("pk")).count()


@transaction.atomic
def rescore_chunk(*, leads: Leads, now: datetime) -> bool:
    """Score these leads and move who is to be moved; False without an active model."""
    model = engagement.active_model()
    if model is not None:
        _score(model=model, leads=leads, now=now)
    return model is not None


def chunks_of_all() -> list[LeadRange]:
    """Every lead, in ranges that two workers may share between them."""
    ends = Standing.objects.aggregate(low=Min("pk"), high=Max("pk"))
    if ends["low"] is None:
        return []
    return [
        LeadRange(low, low + CHUNK - 1)
        for low in range(ends["low"], ends["high"] + 1, CHUNK)
    ]


def rescore_stale(*, now: datetime) -> int:
    """Score the leads that are owed it, in bounded chunks, and count them.

    A lead is owed a score when something was recorded since, when another model has
    scored it, or when the instant has come at which decay moves it. Two workers never
    take the same lead; what is left after the last chunk is left to the next sweep.
    """
    total = 0
    for _chunk in range(MOST_CHUNKS):
        with transaction.atomic():
            model = engagement.active_model()
            claimed = _claim(model, now) if model else []
            if model is None or not claimed:
                break
            _score(model=model, leads=LeadIds(tuple(claimed)), now=now)
            crashpoint("rescore_before_commit")
        total += len(claimed)
    return total


def owed(*, model: ScoringModel, now: datetime) -> list[QuerySet[Standing]]:
    """Who is owed a score, one query for each reason, in the order of its index."""
    standings = Standing.objects.order_by()
    by_version = standings.order_by("model_version", "pk")
    return [
        standings.exclude(stale_seq=F("scored_seq")).order_by("pk"),
        standings.filter(falls_at__lte=now).order_by("falls_at", "pk"),
        by_version.filter(model_version=None),
        by_version.filter(model_version__lt=model.version),
        by_version.filter(model_version__gt=model.version),
    ]


def _claim(model: ScoringModel, now: datetime) -> list[int]:
    reasons = owed(model=model, now=now)
    first, *others = (owing.order_by().values("pk") for owing in reasons)
    if not first.union(*others, all=True).exists():
        return []  # the usual case costs one query
    for standings in reasons:
        free = standings.select_for_update(skip_locked=True, of=("self",))
        found = list(free.values_list("pk", flat=True)[:OWED_CHUNK])
        if found:
            return found
    return []


def _chunks(lead_ids: Sequence[int]) -> Iterator[Leads]:
    ordered = sorted(set(lead_ids))
    for start in range(0, len(ordered), OWED_CHUNK):
        yield LeadIds(tuple(ordered[start : start + OWED_CHUNK]))


def _score(*, model: ScoringModel, leads: Leads, now: datetime) -> None:
    """Write the scores, move who is to be moved, and look ahead again for those."""
    opened = ledger.open_ledger(model=model, now=now)
    gates = moving.gates_of(model)
    _write(opened, gates, leads, _changed(opened))
    moved = moving.move_by_score(opened=opened, gates=gates, leads=leads, now=now)
    if moved:
        # Their scores are the same, but not what decay may do to them from there.
        _write(opened, gates, LeadIds(tuple(moved)), _ALL)


def _write(
    opened: Ledger, gates: list[GateLimits], leads: Leads, is_worth_writing: Sql
) -> None:
    statement = update_statement(opened, gates, leads, is_worth_writing)
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(_FOR_MANY if _are_many(leads) else _FOR_FEW)
        cursor.execute(statement.text, statement.params)


def _are_many(leads: Leads) -> bool:
    return isinstance(leads, LeadRange) or len(leads.ids) > MANY


def update_statement(
    opened: Ledger, gates: list[GateLimits], leads: Leads, is_worth_writing: Sql
) -> Sql:
    """The one statement that scores leads."""
    relations = [
        ledger.chain(opened, leads),
        fit.fit_relation(opened.model, leads),
        Sql(_SUMS),
        _scored(opened, leads),
        falling.due_relations(opened, gates),
    ]
    return compose(
        _UPDATE,
        ceiling=_ceiling(opened),
        now=moment(opened.now),
        version=Sql("%s", (opened.model.version,)),
        relations=joined(",\n", relations),
        in_question=leads.sql("leads_standing.lead_id"),
        is_worth_writing=is_worth_writing,
    )


def _changed(opened: Ledger) -> Sql:
    """Whether a standing is owed its score or has another one than before.

    The order in which a sum is made moves its last digits, which is no change; nor is
    another `falls_at` alone, since it is made from the instant of scoring.
    """
    is_other_number = " OR ".join(
        f"abs(leads_standing.{column} - n.{column}) > 1e-9 * (1 + abs(n.{column}))"
        for column in _NUMBERS
    )
    return compose(
        _CHANGED,
        version=Sql("%s", (opened.model.version,)),
        now=moment(opened.now),
        is_other_number=is_other_number,
    )


def _scored(opened: Ledger, leads: Leads) -> Sql:
    def cleaned(column: str) -> Sql:
        return compose(
            f"CASE WHEN abs(coalesce({column}, 0)) < {{nothing}} THEN {{zero}}"
            f" ELSE {column} END",
            nothing=number(decay.NOTHING),
            zero=number(0.0),
        )

    return compose(
        _SCORED,
        now=moment(opened.now),
        never=cleaned("sums.never"),
        fast=cleaned("sums.fast"),
        medium=cleaned("sums.medium"),
        slow=cleaned("sums.slow"),
        grade=fit.grade_case(opened.model, "fit.points"),
        in_question=leads.sql("standing.lead_id"),
    )


def _ceiling(opened: Ledger) -> Sql:
    """What no reader finds the engagement above, as `decay.ceiling`."""
    rates = engagement.rates_of(opened.model)
    seconds = engagement.seconds_since_landmark(opened.model, opened.now)
    terms = [
        compose(
            f"CASE WHEN n.s_{speed} > 0 THEN n.s_{speed} * {{left}} ELSE {{zero}} END",
            left=number(decay.factor(rate=rate, seconds=seconds - decay.CEILING_SLACK)),
            zero=number(0.0),
        )
        for speed, rate in vars(rates).items()
    ]
    return compose("n.s_never + {a} + {b} + {c}", a=terms[0], b=terms[1], c=terms[2])
