"""How the invented reps judge the leads they are given: pure functions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from config.demo import chance as chances
from config.demo import marketing, names
from config.demo.people import Person
from config.demo.prospects import Heat, Prospect
from leads.choices import Outcome

ACCEPTED_SHARE = 0.66
# What the source or the campaign adds to that share.
TRUST = {
    "referral": 0.18,
    "partner": 0.16,
    "event": 0.05,
    "paid search": -0.1,
    "social": -0.08,
    marketing.GIVEAWAY: -0.42,
}
SMALL_COMPANY = 40  # employees
FORGOTTEN_SHARE = 0.04
# Of the accepted leads, and of the deals.
DEAL_SHARE, WON_SHARE = 0.82, 0.6

WEIGHTS_BY_REASON = {
    "bad-timing": 22,
    "no-project": 20,
    "no-budget": 14,
    "wrong-person": 14,
    "not-reached": 14,
    "wrong-contact-details": 5,
    "not-our-market": 9,
    "competitor-or-student": 6,
    "duplicate": 4,
    "other": 3,
}
NOTES = {
    "bad-timing": "Contract with another supplier runs until next year.",
    "no-project": "Collecting ideas, no project before the next budget round.",
    "no-budget": "Likes it, but there is no money for it this year.",
    "wrong-person": "Has to ask the head of operations, who is not involved yet.",
    "not-reached": "Three calls and two mails without an answer.",
    "wrong-contact-details": "The number is not in service, the mail came back.",
    "not-our-market": "Two vans; plans on paper and is happy with it.",
    "competitor-or-student": "Writes a thesis about planning software.",
    "duplicate": "Same person as an older record with another address.",
    "other": "Asked us to talk to the parent company instead.",
}
LOST_REASONS = (
    "Chose a competitor",
    "Project postponed",
    "Price",
    "Missing integration",
    "No decision",
)
WON_REASONS = ("Fits the need best", "Price", "Service and people")
# A call that reaches nobody ends in one of these.
VAIN = (Outcome.NO_ANSWER, Outcome.NO_ANSWER, Outcome.LEFT_MESSAGE)


@dataclass(frozen=True)
class Verdict:
    """What a rep decides, and when; an empty `reason` accepts."""

    at: datetime
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Pursuit:
    """What follows an acceptance; without a deal `opens_at` is None.

    amount: in the workspace's currency.
    """

    calls_at: datetime
    mails_at: datetime
    meets_at: datetime
    opens_at: datetime | None
    closes_at: datetime
    amount: int
    is_won: bool
    lost_reason: str


def judge(*, prospect: Prospect, person: Person, routed_at: datetime) -> Verdict:
    """Accept or reject; the campaign and the company's size make the difference."""
    chance = chances.stream("verdict", prospect.number, routed_at.isoformat())
    hours = person.pace_hours * chance.gammavariate(2, 0.5)
    if chance.random() < FORGOTTEN_SHARE:
        hours += 24 * chance.uniform(2, 5)
    at = routed_at + timedelta(hours=max(0.2, hours))
    reason = _objection(chance, prospect)
    note = NOTES[reason] if reason and (reason == "other" or _often(chance)) else ""
    return Verdict(at, reason, note)


def pursue(*, prospect: Prospect, person: Person, accepted_at: datetime) -> Pursuit:
    """How the rep follows up, and how the deal goes if there is one."""
    chance = chances.stream("pursuit", prospect.number, accepted_at.isoformat())
    calls_at = accepted_at + timedelta(hours=person.pace_hours * chance.uniform(0.2, 2))
    meets_at = calls_at + timedelta(days=chance.uniform(1, 4))
    opens_at = meets_at + timedelta(days=chance.uniform(2, 40))
    employees = prospect.company.employees if prospect.company else 20
    trust = TRUST.get(prospect.source, 0)
    return Pursuit(
        calls_at=calls_at,
        mails_at=calls_at + timedelta(minutes=chance.randint(10, 90)),
        meets_at=meets_at,
        opens_at=opens_at if chance.random() < DEAL_SHARE else None,
        closes_at=opens_at + timedelta(days=chance.uniform(14, 80)),
        amount=int(round(1_500 * employees**0.45 * chance.lognormvariate(0, 0.4), -2)),
        is_won=chance.random() < WON_SHARE + trust / 2,
        lost_reason=chance.choice(LOST_REASONS),
    )


def wait_in_pool(prospect: Prospect) -> timedelta:
    """After how long somebody takes it from there."""
    return timedelta(hours=chances.stream("pool", prospect.number).uniform(0.5, 8))


def won_reason(number: int) -> str:
    """Why a deal is won, as its rep says."""
    return chances.stream("won", number).choice(WON_REASONS)


def vain_tries(*, prospect: Prospect, accepted_at: datetime) -> tuple[Outcome, ...]:
    """What came of the calls before the one that reached somebody."""
    chance = chances.stream("tries", prospect.number, accepted_at.isoformat())
    return tuple(chance.choices(VAIN, k=chance.choice((0, 0, 0, 1, 1, 2))))


def _objection(chance: Random, prospect: Prospect) -> str:
    """The reason to say no; empty where there is none."""
    trust = TRUST.get(prospect.campaign, TRUST.get(prospect.source, 0))
    employees = prospect.company.employees if prospect.company else 0
    too_small = employees < SMALL_COMPANY
    is_junior = prospect.title in names.STAFF
    share = ACCEPTED_SHARE + trust - 0.2 * too_small - 0.15 * is_junior
    if prospect.heat != Heat.OUTSIDER and chance.random() < share:
        return ""
    if prospect.campaign == marketing.GIVEAWAY and _often(chance):
        return "no-budget"
    if too_small and _often(chance):
        return "not-our-market"
    if is_junior and _often(chance):
        return "wrong-person"
    return chances.weighted(chance, WEIGHTS_BY_REASON)


def _often(chance: Random) -> bool:
    return chance.random() < 0.6
