"""The same scores by one UPDATE, written by hand for the sample alone.

It shares nothing with the engine: no model, no compiled conditions, no chunks. Nobody
is held, nothing is dated ahead and every lead has a standing; a product may not assume
that.
"""

import re
from math import exp, log
from typing import Any

from django.conf import settings
from django.db import connection

from scoring.benchmarks import sample

# Exponents stay inside a float, since the sample spans two years.
_STATEMENT = """
UPDATE leads_standing SET
    s_never = n.s_never, s_fast = n.s_fast, s_medium = n.s_medium, s_slow = n.s_slow,
    ceiling = n.s_never
        + CASE WHEN n.s_fast > 0 THEN n.s_fast * :past_fast ELSE 0 END
        + CASE WHEN n.s_medium > 0 THEN n.s_medium * :past_medium ELSE 0 END
        + CASE WHEN n.s_slow > 0 THEN n.s_slow * :past_slow ELSE 0 END,
    fit = n.fit, grade = n.grade, is_fast_tracked = n.is_fast,
    is_disqualified_by_rule = n.is_barred, falls_at = n.falls_at,
    scored_at = :end, model_version = 1, scored_seq = n.stale_seq
FROM (
WITH rule (id, points, speed, at_most, period, scope, effect) AS (VALUES :rules),
matched AS MATERIALIZED (
    SELECT id, lead_id, occurred_at, url_key, CASE kind :kinds END AS rule_id
    FROM leads_activity WHERE NOT is_machine
),
placed AS (
    SELECT m.lead_id, rule.points, rule.speed, rule.at_most, rule.effect,
        :epoch - :landmark AS seconds,
        row_number() OVER (
            PARTITION BY m.lead_id, m.rule_id,
                CASE rule.period :periods END,
                CASE rule.scope WHEN 'url' THEN m.url_key END
            ORDER BY m.occurred_at, m.id) AS place
    FROM matched m JOIN rule ON rule.id = m.rule_id
),
sums AS (
    SELECT lead_id,
        sum(points) FILTER (WHERE speed = 'never') AS s_never,
        sum(points * exp(:fast * seconds)) FILTER (WHERE speed = 'fast') AS s_fast,
        sum(points * exp(:medium * seconds)) FILTER (WHERE speed = 'medium')
            AS s_medium,
        sum(points * exp(:slow * seconds)) FILTER (WHERE speed = 'slow') AS s_slow
    FROM placed WHERE at_most IS NULL OR place <= at_most GROUP BY lead_id
),
tracked AS (SELECT DISTINCT lead_id FROM placed WHERE effect = 'fast_track'),
fit AS MATERIALIZED (
    SELECT lead.id AS lead_id, lead.title LIKE 'student%' AS is_barred,
        CAST(:least(100.0, :greatest(0.0,
            CASE WHEN title LIKE '%chief%' THEN 25 ELSE 0 END
            + CASE WHEN title LIKE '%manager%' THEN 20 ELSE 0 END
            - CASE WHEN title LIKE 'student%' THEN 30 ELSE 0 END
            + CASE WHEN industry IN ('software', 'banking') THEN 20 ELSE 0 END
            + CASE WHEN employees >= 200 THEN 20 ELSE 0 END
            + CASE WHEN lead.country = 'de' THEN 10 ELSE 0 END
            + CASE WHEN source IN ('referral', 'partner') THEN 25 ELSE 0 END
        )) AS double precision) AS points
    FROM leads_lead lead JOIN leads_account account ON account.id = lead.account_id
),
scored AS MATERIALIZED (
    SELECT standing.lead_id, standing.stage, standing.stale_seq,
        coalesce(sums.s_never, 0.0) AS s_never,
        coalesce(sums.s_fast, 0.0) AS s_fast,
        coalesce(sums.s_medium, 0.0) AS s_medium,
        coalesce(sums.s_slow, 0.0) AS s_slow,
        fit.points AS fit, :grades AS grade, fit.is_barred,
        tracked.lead_id IS NOT NULL AS is_fast
    FROM leads_standing standing
    JOIN fit ON fit.lead_id = standing.lead_id
    LEFT JOIN sums ON sums.lead_id = standing.lead_id
    LEFT JOIN tracked ON tracked.lead_id = standing.lead_id
),
today AS MATERIALIZED (
    SELECT lead_id, s_never, s_fast * :now_fast AS fast,
        s_medium * :now_medium AS medium, s_slow * :now_slow AS slow,
        CASE stage WHEN 'iql' THEN 5.0 WHEN 'mql' THEN 25.0 END - 2e-6 AS leave,
        CASE WHEN stage = 'new' THEN 10.0
            WHEN stage = 'iql' AND grade >= 5 THEN 40.0
            WHEN grade >= 8 THEN 80.0 END - 5e-7 AS enter
    FROM scored WHERE stage IN ('new', 'iql', 'mql')
),
x0 AS MATERIALIZED (
    SELECT * FROM (
        SELECT lead_id, 0.0 AS x, CASE WHEN slow < 0 THEN 60.0 ELSE 1.0 END AS soonest,
            leave - s_never - :least(slow, 0.0) AS need,
            fast AS a, medium AS b, :greatest(slow, 0.0) AS c
        FROM today WHERE leave IS NOT NULL
        UNION ALL
        SELECT lead_id, 0.0, 60.0, s_never + fast + medium - enter, 0.0, 0.0, -slow
        FROM today WHERE enter IS NOT NULL AND slow < 0
    ) needs WHERE need > 1e-12 AND a + b + c > 1e-12
),
:steps
due AS (
    SELECT lead_id, :instant AS falls_at FROM (
        SELECT lead_id, min(:end_seconds + :greatest(ceiling(x),
            CASE WHEN x <= 0 THEN 60.0 ELSE soonest END)) AS seconds
        FROM x6 WHERE x < 315532800 GROUP BY lead_id) soon
)
SELECT scored.*, due.falls_at
FROM scored LEFT JOIN due ON due.lead_id = scored.lead_id
) AS n WHERE leads_standing.lead_id = n.lead_id"""

_STEP = """d:n AS MATERIALIZED (
    SELECT *, a * exp(-:fast * x) AS da, b * exp(-:medium * x) AS db,
        c * exp(-:slow * x) AS dc FROM x:before
),
x:n AS MATERIALIZED (
    SELECT lead_id, soonest, need, a, b, c, x + ln((da + db + dc) / need)
        * (da + db + dc) / (:fast * da + :medium * db + :slow * dc) AS x FROM d:n
),"""

# E-folds a second, of half-lives of 14, 30 and 90 days.
_RATES = {
    speed: log(2) / (days * 86_400)
    for speed, days in {"fast": 14, "medium": 30, "slow": 90}.items()
}


def update_all(rules: int) -> None:
    """Write the scores of every lead of the sample as of its end."""
    with connection.cursor() as cursor:
        cursor.execute(_filled(_STATEMENT, _pieces(rules)))


def _filled(template: str, pieces: dict[str, str]) -> str:
    return re.sub(r":(\w+)", lambda found: pieces[found[1]], template)


def _pieces(rules: int) -> dict[str, str]:
    end = sample.END.timestamp()
    since_landmark = end - sample.LANDMARK.timestamp()
    pieces = {speed: repr(rate) for speed, rate in _RATES.items()}
    for speed, rate in _RATES.items():
        pieces[f"now_{speed}"] = repr(exp(-rate * since_landmark))
        pieces[f"past_{speed}"] = repr(exp(-rate * (since_landmark - 3_600)))
    steps = [
        _filled(_STEP, {**pieces, "n": str(step), "before": str(step - 1)})
        for step in range(1, 7)
    ]
    return pieces | _dialect() | {
        "steps": "\n".join(steps),
        "landmark": repr(sample.LANDMARK.timestamp()),
        "end": f"'{sample.END:%Y-%m-%d %H:%M:%S}'",
        "end_seconds": repr(end),
        "rules": ", ".join(_values(sample.rule_fields(rules))),
        "kinds": _kinds(sample.rule_fields(rules)),
        "grades": _grades(),
    }  # fmt: skip


def _dialect() -> dict[str, str]:
    if connection.vendor == "postgresql":
        zone = settings.TIME_ZONE
        start = f"date_trunc('{{}}', m.occurred_at AT TIME ZONE '{zone}')"
        words = {
            "epoch": "floor(date_part('epoch', m.occurred_at))",
            "instant": "to_timestamp(seconds)",
            "least": "LEAST",
            "greatest": "GREATEST",
        }
    else:
        zones = f"'{settings.TIME_ZONE}', 'UTC'"
        start = f"django_datetime_trunc('{{}}', m.occurred_at, {zones})"
        words = {
            "epoch": "CAST(strftime('%s', m.occurred_at) AS REAL)",
            "instant": "datetime(CAST(seconds AS INTEGER), 'unixepoch')",
            "least": "MIN",
            "greatest": "MAX",
        }
    periods = ("day", "week", "month")
    starts = [f"WHEN '{period}' THEN {start.format(period)}" for period in periods]
    return words | {"periods": " ".join(starts)}


def _values(rules: list[dict[str, Any]]) -> list[str]:
    """As `VALUES` of id, points, speed, at_most, period, scope, effect."""
    return [
        f"({number}, CAST({rule['points']} AS double precision), '{rule['speed']}',"
        f" {rule['cap_count'] or 'NULL'}, '{rule['cap_period']}',"
        f" '{rule.get('cap_scope', 'all')}', '{rule.get('effect', 'none')}')"
        for number, rule in enumerate(rules, 1)
    ]


def _kinds(rules: list[dict[str, Any]]) -> str:
    """Which rule: by the kind, and for page views by the section first."""
    sections, bare = [], []
    for number, rule in enumerate(rules, 1):
        section = rule.get("conditions", {}).get("value")
        if section:
            sections.append(f"WHEN url_key LIKE '%{section}%' THEN {number}")
        elif rule["kind"] == "page_view":
            sections.append(f"ELSE {number}")
        else:
            bare.append(f"WHEN '{rule['kind']}' THEN {number}")
    if len(sections) == 1:
        sections[0] = sections[0].removeprefix("ELSE ")
    views = " ".join(sections)
    views = f"CASE {views} END" if len(sections) > 1 else views
    return f"WHEN 'page_view' THEN {views} {' '.join(bare)}"


def _grades() -> str:
    limits = [20, 25, 30, 35, 40, 45, 50, 55, 60, 70, 80, 90]
    whens = [
        f"WHEN fit.points >= {limit} THEN {grade}"
        for grade, limit in reversed(list(enumerate(limits, 1)))
    ]
    return f"CASE {' '.join(whens)} ELSE 0 END"
