"""When to look at a lead again though nothing happens, as SQL behind the scores.

`due` holds at most one row a lead: the earliest of the instant at which decay may take
it under the limit of its stage, or where old penalties fade over a gate, the end of its
hold, and the date of an activity that lies ahead. `decay.seconds_until` is the same
calculation in Python, and says where it comes from.
"""

from leads.choices import NURTURED, PATH
from scoring import decay, engagement
from scoring.gates import AUTOMATIC_ENTRY, ONE_DOWN, GateLimits
from scoring.ledger import Ledger
from scoring.sql import (
    Sql,
    compose,
    epoch,
    greatest,
    instant,
    joined,
    least,
    moment,
    number,
)

# A lead that must be looked at again waits at least this long.
SOONEST_WITH_PENALTIES = 60

_TODAY = """today AS MATERIALIZED (
    SELECT lead_id, s_never AS never, {leave} AS leave_limit, {enter} AS enter_limit,
        CASE WHEN abs({f_fast} * s_fast) < {nothing} THEN {zero}
            ELSE {f_fast} * s_fast END AS fast,
        CASE WHEN abs({f_medium} * s_medium) < {nothing} THEN {zero}
            ELSE {f_medium} * s_medium END AS medium,
        CASE WHEN abs({f_slow} * s_slow) < {nothing} THEN {zero}
            ELSE {f_slow} * s_slow END AS slow
    FROM scored
    WHERE stage IN ({nurtured}) AND NOT is_held
)"""

# a, b, c are the fading amounts; x the seconds from now.
_NEEDS = """needs AS (
    SELECT lead_id, leave_limit - never - {least}(fast, {zero})
            - {least}(medium, {zero}) - {least}(slow, {zero}) AS need,
        {greatest}(fast, {zero}) AS a, {greatest}(medium, {zero}) AS b,
        {greatest}(slow, {zero}) AS c,
        CASE WHEN {least}(fast, medium, slow) < {zero} THEN {minute}
            ELSE {second} END AS soonest
    FROM today WHERE leave_limit IS NOT NULL
    UNION ALL
    SELECT lead_id, never + {greatest}(fast, {zero}) + {greatest}(medium, {zero})
            + {greatest}(slow, {zero}) - enter_limit,
        {greatest}(-fast, {zero}), {greatest}(-medium, {zero}),
        {greatest}(-slow, {zero}), {minute}
    FROM today
    WHERE enter_limit IS NOT NULL AND {least}(fast, medium, slow) < {zero}
),
x0 AS MATERIALIZED (
    SELECT lead_id, need, a, b, c, soonest, {zero} AS x FROM needs
    WHERE need > {nothing} AND a + b + c > {nothing}
)"""

_STEP = """d{step} AS MATERIALIZED (
    SELECT lead_id, need, a, b, c, soonest, x,
        a * exp({greatest}(-{fast} * x, {lowest})) AS da,
        b * exp({greatest}(-{medium} * x, {lowest})) AS db,
        c * exp({greatest}(-{slow} * x, {lowest})) AS dc
    FROM x{before}
),
x{step} AS MATERIALIZED (
    SELECT lead_id, need, a, b, c, soonest,
        x + ln((da + db + dc) / need) * (da + db + dc)
            / ({fast} * da + {medium} * db + {slow} * dc) AS x
    FROM d{step}
)"""

_DUE = """due AS (
    SELECT lead_id, {instant} AS at FROM (
        SELECT lead_id, {now} + {greatest}(ceiling(x),
            CASE WHEN x <= {zero} THEN {minute} ELSE soonest END) AS seconds
        FROM x{last} WHERE x < {ten_years}
        UNION ALL
        SELECT lead_id, {hold_end} + {second} FROM scored
        WHERE is_held AND held_until IS NOT NULL
        UNION ALL
        SELECT lead_id, {dated} + {second} FROM matched
        WHERE occurred_at > {horizon} AND rule_id IS NOT NULL
    ) looks GROUP BY lead_id
)"""


def due_relations(ledger: Ledger, gates: list[GateLimits]) -> Sql:
    """The relations that end in `due`, for WITH behind `matched` and `scored`."""
    constants = _constants(ledger)
    steps = [
        compose(_STEP, step=str(step), before=str(step - 1), **constants)
        for step in range(1, decay.NEWTON_STEPS + 1)
    ]
    today = compose(
        _TODAY,
        leave=_leave_limit(gates),
        enter=_enter_limit(gates),
        nurtured=", ".join(f"'{stage}'" for stage in NURTURED),
        **constants,
    )
    return joined(",\n", [today, compose(_NEEDS, **constants), *steps, _due(ledger)])


def _constants(ledger: Ledger) -> dict[str, Sql | str]:
    rates = engagement.rates_of(ledger.model)
    seconds = engagement.seconds_since_landmark(ledger.model, ledger.now)
    speeds = {"fast": rates.fast, "medium": rates.medium, "slow": rates.slow}
    left = {
        f"f_{speed}": number(decay.factor(rate=rate, seconds=seconds))
        for speed, rate in speeds.items()
    }
    return {
        **{speed: number(rate) for speed, rate in speeds.items()},
        **left,
        "zero": number(0.0),
        "nothing": number(decay.NOTHING),
        "lowest": number(decay.LEAST_STEP_EXPONENT),
        "minute": number(SOONEST_WITH_PENALTIES),
        "second": number(1.0),
        "least": least(),
        "greatest": greatest(),
    }


def _leave_limit(gates: list[GateLimits]) -> Sql:
    """Under which engagement the lead leaves its stage; NULL where it stays."""
    causes = ", ".join(f"'{cause}'" for cause in AUTOMATIC_ENTRY)
    whens = [
        compose(
            f"WHEN stage = '{gate.stage}' AND stage_cause IN ({causes}) THEN {{limit}}",
            limit=number(gate.leave_engagement - 2 * decay.TOLERANCE),
        )
        for gate in gates
        if gate.stage in ONE_DOWN
    ]
    return _case(whens)


def _enter_limit(gates: list[GateLimits]) -> Sql:
    """The engagement of the nearest gate above; NULL where the grade opens none."""
    whens = []
    for gate in sorted(gates, key=lambda gate: gate.engagement):
        below = ", ".join(f"'{stage}'" for stage in PATH[: PATH.index(gate.stage)])
        limit = number(gate.engagement - decay.TOLERANCE / 2)
        text = f"WHEN stage IN ({below}) AND grade >= {gate.grade} THEN {{limit}}"
        whens.append(compose(text, limit=limit))
    return _case(whens)


def _case(whens: list[Sql]) -> Sql:
    if not whens:
        return Sql("CAST(NULL AS double precision)")
    return compose("CASE {whens} END", whens=joined(" ", whens))


def _due(ledger: Ledger) -> Sql:
    return compose(
        _DUE,
        instant=instant("min(seconds)"),
        now=number(float(int(ledger.now.timestamp()))),
        last=str(decay.NEWTON_STEPS),
        ten_years=number(decay.TEN_YEARS),
        hold_end=epoch("held_until"),
        dated=epoch("occurred_at"),
        horizon=moment(ledger.horizon),
        **_constants(ledger),
    )
