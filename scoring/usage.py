"""How often each rule fired, and how the leads that it touched ended."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection

from scoring import ledger, sampling
from scoring.ledger import Ledger
from scoring.models import BehaviourRule, ScoringModel
from scoring.sql import LeadIds, Sql, compose, moment

WINDOW = timedelta(days=90)

_USAGE = """WITH {chain},
touched AS (
    SELECT rule_id, lead_id, count(*) AS times FROM counted
    WHERE occurred_at > {since} GROUP BY rule_id, lead_id
),
ended AS (
    SELECT lead_id,
        max(CASE WHEN to_stage = 'accepted' THEN 1 ELSE 0 END) AS accepted,
        max(CASE WHEN to_stage = 'customer' THEN 1 ELSE 0 END) AS customers,
        max(CASE WHEN from_stage = 'sql' AND to_stage IN ('recycled', 'disqualified')
            AND cause = 'decision' THEN 1 ELSE 0 END) AS rejected
    FROM leads_stagechange WHERE {in_question} AND at <= {now} AND NOT is_undone
    GROUP BY lead_id
)
SELECT touched.rule_id, sum(touched.times), count(*), coalesce(sum(ended.accepted), 0),
    coalesce(sum(ended.rejected), 0), coalesce(sum(ended.customers), 0)
FROM touched LEFT JOIN ended ON ended.lead_id = touched.lead_id
GROUP BY touched.rule_id"""

_LEADS = """WITH {chain}
SELECT lead_id, count(*) FROM counted
WHERE rule_id = {rule} AND occurred_at > {since} GROUP BY lead_id"""


@dataclass(frozen=True)
class Usage:
    """One rule in the last 90 days: how often it counted, for how many leads, and how
    many of them were ever accepted, rejected, or became customers."""

    fired: int = 0
    leads: int = 0
    accepted: int = 0
    rejected: int = 0
    customers: int = 0

    def share(self, count: int) -> int:
        """In percent of the leads touched."""
        return round(100 * count / self.leads) if self.leads else 0

    @property
    def accepted_share(self) -> int:
        return self.share(self.accepted)

    @property
    def rejected_share(self) -> int:
        return self.share(self.rejected)

    @property
    def customer_share(self) -> int:
        return self.share(self.customers)


@dataclass(frozen=True)
class Usages:
    """By rule id; `is_partial` where an even sample of the leads was looked at."""

    by_rule_id: dict[int, Usage]
    size: int
    total: int

    @property
    def is_partial(self) -> bool:
        return self.size < self.total


def usage_of(*, model: ScoringModel, now: datetime) -> Usages:
    """What every rule of a version did, in one query for each 5,000 leads.

    Of more than 10,000 leads an even sample is counted.
    """
    sample = sampling.even_sample()
    opened = ledger.open_ledger(model=model, now=now)
    found = {rule.pk: Usage() for rule in opened.rules}
    for chunk in sample.chunks:
        for rule_id, usage in _usage(opened, chunk).items():
            sums = {
                name: value + getattr(found[rule_id], name)
                for name, value in vars(usage).items()
            }
            found[rule_id] = replace(usage, **sums)
    return Usages(found, sample.size, sample.total)


def leads_of(*, rule: BehaviourRule, now: datetime) -> list[tuple[int, int]]:
    """Lead and how often the rule counted for it, most often first.

    They are of the same leads as `usage_of`, in one query for each 5,000 of these.
    """
    opened = ledger.open_ledger(model=rule.model, now=now)
    found: list[tuple[int, int]] = []
    for chunk in sampling.even_sample().chunks:
        statement = compose(
            _LEADS,
            chain=ledger.chain(opened, chunk),
            rule=Sql("%s", (rule.pk,)),
            since=moment(opened.now - WINDOW),
        )
        with connection.cursor() as cursor:
            cursor.execute(statement.text, statement.params)
            found += cursor.fetchall()
    return sorted(found, key=lambda each: (-each[1], each[0]))


def _usage(opened: Ledger, leads: LeadIds) -> dict[int, Usage]:
    statement = compose(
        _USAGE,
        chain=ledger.chain(opened, leads),
        since=moment(opened.now - WINDOW),
        now=moment(opened.now),
        in_question=leads.sql("lead_id"),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return {row[0]: Usage(*map(int, row[1:])) for row in cursor.fetchall()}
