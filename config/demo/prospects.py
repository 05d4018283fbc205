"""Inventing companies and the people at them who may buy."""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from random import Random

from config.demo import chance as chances
from config.demo import course, marketing, names
from config.demo.course import DAYS
from leads.text import fold

EMPLOYEES = (12, 25, 40, 80, 140, 220, 350, 600, 1_200, 2_800, 6_500)


class Heat(Enum):
    """How serious a prospect is; the product sees only what follows from it."""

    BROWSER = auto()
    RESEARCHER = auto()
    BUYER = auto()
    OUTSIDER = auto()


HEATS = {Heat.BROWSER: 51, Heat.RESEARCHER: 25, Heat.BUYER: 21, Heat.OUTSIDER: 3}
# Some who look keen are not worth it, and some sources send those who are.
HEATS_BY_CAMPAIGN = {
    marketing.GIVEAWAY: {Heat.BROWSER: 35, Heat.RESEARCHER: 30, Heat.BUYER: 35},
    marketing.LAUNCH: {Heat.BROWSER: 30, Heat.RESEARCHER: 40, Heat.BUYER: 30},
}
HEATS_BY_SOURCE = {
    "referral": {Heat.BROWSER: 35, Heat.RESEARCHER: 33, Heat.BUYER: 32},
    "partner": {Heat.BROWSER: 30, Heat.RESEARCHER: 35, Heat.BUYER: 35},
}
# Days from the first visit to the wish to talk to sales, on average.
RIPENING_DAYS = 16.0
# Share of the buyers who ripened in the last day and a half, after the launch webinar.
LAUNCH_SHARE = 0.16
LAUNCH_HOURS = 36.0


@dataclass(frozen=True)
class Company:
    """An invented company, at an address that can never exist."""

    name: str
    domain: str
    industry: str
    employees: int
    country: str


@dataclass(frozen=True)
class Prospect:
    """One person. `peaks_at` is when a buyer asks for sales."""

    number: int
    first_name: str
    last_name: str
    email: str
    phone: str
    title: str
    company: Company | None
    country: str
    source: str
    campaign: str
    tags: list[str] = field(repr=False)
    heat: Heat
    arrives_at: datetime
    peaks_at: datetime


def invent_companies(*, count: int) -> list[Company]:
    """That many companies of different names.

    Raises:
        ValueError: the word lists do not hold as many names.
    """
    chance = chances.stream("companies")
    industries = dict(zip(names.INDUSTRIES, names.INDUSTRY_WEIGHTS, strict=True))
    pairs = [
        (stem, word, industry)
        for industry, words in names.INDUSTRIES.items()
        for word in words
        for stem in names.COMPANY_STEMS.split()
    ]
    weights = {pair: industries[pair[2]] * chance.random() for pair in pairs}
    chosen = sorted(pairs, key=weights.__getitem__, reverse=True)[:count]
    if len(chosen) < count:
        raise ValueError(f"There are names for {len(pairs)} companies only.")
    chance.shuffle(chosen)
    return [_company(chance, *words) for words in chosen]


def _company(chance: Random, stem: str, word: str, industry: str) -> Company:
    country = _country(chance)
    ending = names.COUNTRIES[country][2]
    return Company(
        name=f"{stem} {word} {ending}",
        domain=f"{_slug(stem)}-{_slug(word)}.example",
        industry=industry,
        employees=int(chance.choice(EMPLOYEES) * chance.uniform(0.8, 1.3)),
        country=country,
    )


def invent_prospects(
    *, count: int, companies: list[Company], until: datetime
) -> list[Prospect]:
    """That many people, in the order in which they are first heard of."""
    starts_at = until - timedelta(days=DAYS)
    chance = chances.stream("arrivals")
    # More of them of late: the invented company grows.
    days = sorted(DAYS * chance.random() ** 0.75 for _ in range(count))
    instants = course.steps(until=until)
    taken: set[str] = set()
    found = []
    for number, day in enumerate(days, start=1):
        chance = chances.stream("prospect", number)
        first_day = starts_at + timedelta(days=day)
        found.append(_prospect(chance, number, first_day, companies, taken, instants))
    return sorted(found, key=lambda one: (one.arrives_at, one.number))


def _prospect(
    chance: Random,
    number: int,
    first_day: datetime,
    companies: list[Company],
    taken: set[str],
    instants: list[datetime],
) -> Prospect:
    until = instants[-1]
    company = chance.choice(companies) if chance.random() < 0.95 else None
    country = company.country if company else _country(chance)
    first_name, last_name = _person(chance, country)
    source, campaign = _origin(chance, 1 - (until - first_day) / timedelta(days=DAYS))
    heat = _heat(chance, source, campaign)
    arrives_at = chances.daytime(chance, first_day)
    if arrives_at >= until:
        arrives_at = until - timedelta(minutes=chance.randint(5, 600))
    return Prospect(
        number=number,
        first_name=first_name,
        last_name=last_name,
        email=_email(chance, f"{first_name}.{last_name}", company, taken),
        phone=f"+{chance.randint(10, 99)} 555 {chance.randint(100_000, 999_999)}"
        if chance.random() < 0.4
        else "",
        title=_title(chance, heat),
        company=company,
        country=country,
        source=source,
        campaign=campaign,
        tags=_tags(chance, company),
        heat=heat,
        arrives_at=arrives_at,
        peaks_at=_peak(chance, heat, arrives_at, instants),
    )


def _heat(chance: Random, source: str, campaign: str) -> Heat:
    by_source = HEATS_BY_SOURCE.get(source, HEATS)
    return chances.weighted(chance, HEATS_BY_CAMPAIGN.get(campaign, by_source))


def _peak(
    chance: Random, heat: Heat, arrives_at: datetime, instants: list[datetime]
) -> datetime:
    """Shortly before an instant at which duties are done: nobody is kept waiting."""
    peak = arrives_at + timedelta(days=chance.expovariate(1 / RIPENING_DAYS))
    if heat == Heat.BUYER and chance.random() < LAUNCH_SHARE:
        peak = instants[-1] - timedelta(hours=chance.uniform(0, LAUNCH_HOURS))
    peak = max(arrives_at + timedelta(hours=1), peak)
    following = bisect_left(instants, peak)
    if following == len(instants):
        return peak
    before = instants[following] - timedelta(minutes=chance.randint(3, 100))
    return max(arrives_at + timedelta(hours=1), before)


def _person(chance: Random, country: str) -> tuple[str, str]:
    given, family, _ = names.COUNTRIES[country]
    last_name = chance.choice(family.split()).replace("_", " ")
    return chance.choice(given.split()), last_name


def _country(chance: Random) -> str:
    weights = zip(names.COUNTRIES, names.COUNTRY_WEIGHTS, strict=True)
    return chances.weighted(chance, dict(weights))


def _email(chance: Random, name: str, company: Company | None, taken: set[str]) -> str:
    """An address nobody else has; a few people are known by telephone only."""
    if company and chance.random() < 0.03:
        return ""
    local, domain = _slug(name, "."), company.domain if company else "mail.example"
    address, again = f"{local}@{domain}", 2
    while address in taken:
        address, again = f"{local}{again}@{domain}", again + 1
    taken.add(address)
    return address


def _title(chance: Random, heat: Heat) -> str:
    if heat == Heat.OUTSIDER:
        return chance.choice(names.OUTSIDERS)
    weights: dict[tuple[str, ...], int] = {
        names.DECIDERS: 28,
        names.MANAGERS: 40,
        names.STAFF: 27,
        ("",): 5,
    }
    if heat == Heat.BUYER:
        weights = {names.DECIDERS: 42, names.MANAGERS: 43, names.STAFF: 15}
    titles = chances.weighted(chance, weights)
    return chance.choice(titles)


def _origin(chance: Random, part: float) -> tuple[str, str]:
    """The source, and the campaign that ran at that part of the nine months or ""."""
    source = chances.weighted(chance, marketing.SOURCES)
    running = {
        drive.name: drive.weight
        for drive in marketing.CAMPAIGNS
        if drive.source == source and drive.starts <= part <= drive.ends
    }
    if running and chance.random() < marketing.CAMPAIGN_SHARE:
        return source, chances.weighted(chance, running)
    return source, ""


def _tags(chance: Random, company: Company | None) -> list[str]:
    tags = []
    if company and company.employees >= 1_000:
        tags.append("enterprise")
    if chance.random() < 0.12:
        tags.append("newsletter")
    if chance.random() < 0.05:
        tags.append(chance.choice(["key account", "pilot", "reference"]))
    return tags


def _slug(text: str, between: str = "-") -> str:
    plain = fold(text).replace("ł", "l").replace("ø", "o")
    return re.sub(r"[^a-z0-9]+", between, plain).strip(between)
