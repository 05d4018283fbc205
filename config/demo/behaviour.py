"""What each prospect does over the months: a pure function of the prospect.

Every scene yields what would be seen of it; the story keeps what lies in the past.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from config.demo import chance as chances
from config.demo import marketing
from config.demo.marketing import SITE, Programme, Webinar
from config.demo.prospects import Heat, Prospect
from leads.choices import ActivityKind

Kind = ActivityKind


@dataclass(frozen=True)
class Sighting:
    """One thing a prospect did, or a mail that was sent to them."""

    kind: ActivityKind
    at: datetime
    url: str = ""
    subject: str = ""
    campaign: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    is_machine: bool = False


@dataclass(frozen=True)
class Temper:
    """How one heat shows: visits in all, and how often an offer is taken up."""

    visits: tuple[int, int]
    opens: float
    clicks: float
    downloads: float
    webinars: float


TEMPERS = {
    Heat.BROWSER: Temper((0, 3), opens=0.16, clicks=0.1, downloads=0.06, webinars=0.02),
    Heat.RESEARCHER: Temper(
        (2, 7), opens=0.42, clicks=0.3, downloads=0.35, webinars=0.14
    ),
    Heat.BUYER: Temper((3, 7), opens=0.5, clicks=0.4, downloads=0.5, webinars=0.15),
    Heat.OUTSIDER: Temper((1, 5), opens=0.3, clicks=0.2, downloads=0.5, webinars=0.1),
}
# Of those who only look on, so many leave their address for a guide at once.
CURIOUS_SHARE = 0.2
# Addresses whose mail gateway opens every mail at once, before its reader could.
SCANNER_SHARE = 0.06
SUBSCRIBER_SHARE = 0.4
UNSUBSCRIBE_SHARE = 0.012
# Visits of those who only look on are spread over about this many days.
INTEREST_DAYS = 60


def imagine(*, prospect: Prospect, programme: Programme) -> list[Sighting]:
    """All that the prospect does, past and future, the earliest first."""
    chance = chances.stream("behaviour", prospect.number)
    temper = TEMPERS[prospect.heat]
    seen = [*_arrival(chance, prospect)]
    for at in _visit_times(chance, prospect, temper):
        seen += _visit(chance, at, is_keen=_is_keen(prospect, at))
        if chance.random() < temper.downloads:
            seen += _download(chance, at)
    for webinar in programme.webinars:
        if webinar.at > prospect.arrives_at and chance.random() < temper.webinars:
            seen += _webinar(chance, webinar, prospect.arrives_at)
    if prospect.heat == Heat.BUYER:
        seen += _wish_to_buy(chance, prospect.peaks_at)
        seen += _second_thoughts(prospect)
    if prospect.email and chance.random() < SUBSCRIBER_SHARE:
        seen += _mailings(chance, prospect, temper, programme)
    return sorted(seen, key=lambda sighting: sighting.at)


def _is_keen(prospect: Prospect, at: datetime) -> bool:
    return prospect.heat == Heat.BUYER and prospect.peaks_at - at < timedelta(days=6)


def _arrival(chance: Random, prospect: Prospect) -> Iterator[Sighting]:
    """How they were first heard of, in the manner of the source."""
    at, campaign = prospect.arrives_at, prospect.campaign
    match prospect.source:
        case "event":
            subject = campaign or "Regional logistics day"
            yield Sighting(Kind.EVENT_VISITED, at, subject=subject, campaign=campaign)
        case "social":
            yield Sighting(Kind.SOCIAL, at, subject="Clicked a post", campaign=campaign)
            yield Sighting(Kind.PAGE_VIEW, _later(at, 20), SITE + marketing.PRODUCT[0])
        case "webinar":
            subject = campaign.removeprefix("Webinar: ").capitalize() or "Open webinar"
            yield Sighting(
                Kind.WEBINAR_REGISTERED, at, subject=subject, campaign=campaign
            )
        case "referral" | "partner" | "direct":
            yield Sighting(
                Kind.FORM_SUBMITTED,
                at,
                SITE + "/contact",
                subject="Contact form",
                campaign=campaign,
            )
        case _:
            page = chance.choice(marketing.READING)
            yield Sighting(Kind.PAGE_VIEW, at, SITE + page, campaign=campaign)
            if prospect.heat != Heat.BROWSER or chance.random() < CURIOUS_SHARE:
                yield from _download(chance, _later(at, 240), campaign=campaign)


def _visit_times(
    chance: Random, prospect: Prospect, temper: Temper
) -> Iterator[datetime]:
    first, last = prospect.arrives_at, prospect.peaks_at
    for _ in range(chance.randint(*temper.visits)):
        if prospect.heat == Heat.BUYER:
            # The nearer the wish to buy, the more often they come.
            at = last - (last - first) * chance.random() ** 2
        else:
            days = chance.expovariate(1 / INTEREST_DAYS)
            at = chances.daytime(chance, first + timedelta(days=days))
        yield max(at, _later(first, 1800))


def _visit(chance: Random, at: datetime, *, is_keen: bool) -> Iterator[Sighting]:
    pages = marketing.READING + marketing.PRODUCT[:2]
    if is_keen:
        pages = marketing.PRODUCT + [marketing.PRICING] * 3
    elif chance.random() < 0.02:
        pages = [marketing.CAREERS]
    for page in chance.sample(pages, k=min(len(pages), chance.randint(1, 3))):
        yield Sighting(Kind.PAGE_VIEW, at, SITE + page)
        at = _later(at, chance.randint(15, 300))


def _download(
    chance: Random, at: datetime, *, campaign: str = ""
) -> Iterator[Sighting]:
    guide = chance.choice(marketing.GUIDES)
    at = _later(at, chance.randint(400, 900))
    yield Sighting(
        Kind.FORM_SUBMITTED,
        at,
        SITE + "/guides",
        subject="Download form",
        campaign=campaign,
    )
    yield Sighting(
        Kind.CONTENT_DOWNLOADED, _later(at, 5), subject=guide, campaign=campaign
    )


def _webinar(
    chance: Random, webinar: Webinar, not_before: datetime
) -> Iterator[Sighting]:
    registers_at = webinar.at - timedelta(days=chance.uniform(0.2, 14))
    registers_at = max(registers_at, not_before)
    registered = Sighting(
        Kind.WEBINAR_REGISTERED,
        registers_at,
        subject=webinar.title,
        campaign=webinar.campaign,
    )
    yield registered
    if chance.random() < 0.55:
        yield replace(
            registered,
            kind=Kind.WEBINAR_ATTENDED,
            at=_later(webinar.at, chance.randint(0, 400)),
            properties={"minutes": chance.randint(12, 55)},
        )


def _wish_to_buy(chance: Random, at: datetime) -> Iterator[Sighting]:
    """The last visit before sales is asked for, and in most cases the asking."""
    yield from _visit(chance, at - timedelta(minutes=40), is_keen=True)
    yield Sighting(Kind.PAGE_VIEW, _later(at, -300), SITE + marketing.PRICING)
    wishes = {
        Kind.DEMO_REQUESTED: ("/demo", "Asked for a demo", 42),
        Kind.PRICING_REQUESTED: ("/pricing", "Asked for a quote", 18),
        Kind.TRIAL_STARTED: ("/trial", "Started a trial", 16),
        Kind.CHAT: ("/product", "Asked about integrations", 12),
        Kind.FORM_SUBMITTED: ("/contact", "Contact form", 12),
    }
    kind = chances.weighted(chance, {kind: wishes[kind][2] for kind in wishes})
    path, subject, _ = wishes[kind]
    yield Sighting(kind, at, SITE + path, subject)


def _second_thoughts(prospect: Prospect) -> Iterator[Sighting]:
    """What they look up while sales talks to them."""
    chance = chances.stream("second thoughts", prospect.number)
    for _ in range(chance.choice((0, 0, 1, 2))):
        at = prospect.peaks_at + timedelta(days=chance.uniform(2, 40))
        page = chance.choice(marketing.PRODUCT)
        yield Sighting(Kind.PAGE_VIEW, chances.daytime(chance, at), SITE + page)


def _mailings(
    chance: Random, prospect: Prospect, temper: Temper, programme: Programme
) -> Iterator[Sighting]:
    """Newsletters until they have had enough."""
    has_scanner = chance.random() < SCANNER_SHARE
    for mailing in programme.mailings:
        if mailing.at <= prospect.arrives_at:
            continue
        sent = Sighting(
            Kind.EMAIL_SENT,
            mailing.at,
            subject=mailing.subject,
            campaign="Monthly newsletter",
        )
        yield sent
        opened = replace(sent, kind=Kind.EMAIL_OPENED)
        if has_scanner:
            yield replace(opened, at=_later(mailing.at, 2), is_machine=True)
        if chance.random() < temper.opens:
            at = _later(mailing.at, int(chance.expovariate(1 / 14_000)) + 60)
            yield from _reading(chance, replace(opened, at=at), temper.clicks)
            if chance.random() < UNSUBSCRIBE_SHARE:
                yield replace(sent, kind=Kind.UNSUBSCRIBED, at=_later(at, 90))
                return


def _reading(chance: Random, opened: Sighting, clicks: float) -> Iterator[Sighting]:
    yield opened
    if chance.random() < clicks:
        page = SITE + chance.choice(marketing.READING + marketing.PRODUCT)
        at = _later(opened.at, 25)
        yield replace(opened, kind=Kind.EMAIL_CLICKED, at=at, url=page)
        yield Sighting(Kind.PAGE_VIEW, _later(at, 2), page)


def _later(at: datetime, seconds: int) -> datetime:
    return at + timedelta(seconds=seconds)
