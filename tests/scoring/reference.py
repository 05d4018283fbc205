"""The ledger in plain Python, written from the design and not from the product."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

HALF_LIVES = {"fast": 14.0, "medium": 30.0, "slow": 90.0}


@dataclass(frozen=True)
class Rule:
    kind: str
    url_contains: str
    points: float
    speed: str
    cap_count: int | None
    cap_period: str
    cap_scope: str


@dataclass(frozen=True)
class Happening:
    kind: str
    at: datetime
    url: str
    subject: str
    campaign: str
    is_machine: bool


def period_of(at, period, zone):
    local = at.astimezone(ZoneInfo(zone)).date()
    if period == "day":
        return local
    if period == "week":
        return local - timedelta(days=local.weekday())
    if period == "month":
        return local.replace(day=1)
    return None


def first_rule(rules, happening):
    for index, rule in enumerate(rules):
        is_kind = rule.kind == happening.kind
        if is_kind and rule.url_contains in happening.url:
            return index
    return None


def counted(rules, happenings, zone, now):
    """Yield (rule, happening) for what counts, in the order of time."""
    used = defaultdict(int)
    in_order = sorted(enumerate(happenings), key=lambda pair: (pair[1].at, pair[0]))
    for _, one in in_order:
        index = first_rule(rules, one)
        if one.is_machine or one.at > now + timedelta(minutes=5) or index is None:
            continue
        rule = rules[index]
        scope = rule.cap_scope
        about = "" if scope == "all" else getattr(one, scope)
        slot = (index, period_of(one.at, rule.cap_period, zone), about)
        used[slot] += 1
        if rule.cap_count is None or used[slot] <= rule.cap_count:
            yield rule, one


def engagement(rules, half_lives, happenings, zone, now, at):
    """The points at `at`, of what is counted at `now`; not floored.

    `half_lives` are the days of each speed.
    """
    total = 0.0
    for rule, one in counted(rules, happenings, zone, now):
        days = (int(at.timestamp()) - int(one.at.timestamp())) / 86_400
        if rule.speed == "never":
            total += rule.points
        else:
            total += rule.points * 2.0 ** (-days / half_lives[rule.speed])
    return total
