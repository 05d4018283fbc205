"""What the invented company offers: campaigns, pages, mails, webinars."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from leads.choices import CampaignChannel

SITE = "https://www.baton.example"

# Where leads come from, and how well those leads tend to suit.
SOURCES = {
    "organic search": 26,
    "paid search": 17,
    "webinar": 13,
    "social": 11,
    "referral": 9,
    "event": 8,
    "direct": 7,
    "email": 5,
    "partner": 4,
}


@dataclass(frozen=True)
class Drive:
    """A campaign: whom it reaches (a source), and when, as parts of the nine months."""

    name: str
    source: str
    starts: float
    ends: float
    weight: int = 10
    channel: CampaignChannel = CampaignChannel.CONTENT
    # In whole euros; None where nobody wrote it down.
    cost: int | None = None


GIVEAWAY = "Free template giveaway"
LAUNCH = "Route planner launch webinar"
Channel = CampaignChannel
CAMPAIGNS = [
    Drive(
        "Search: route planning", "paid search", 0.0, 1.0, 10, Channel.SEARCH, 18_400
    ),
    Drive(GIVEAWAY, "paid search", 0.35, 0.8, 14, Channel.ADS, 9_800),
    Drive("Operations playbook", "organic search", 0.0, 1.0, 8, Channel.CONTENT, 6_200),
    Drive("ROI calculator", "organic search", 0.45, 1.0, 7, Channel.CONTENT, 4_500),
    Drive(
        "Webinar: fewer empty miles", "webinar", 0.0, 0.4, 10, Channel.WEBINAR, 2_400
    ),
    Drive(
        *("Webinar: planning with real data", "webinar", 0.3, 0.75, 10),
        *(Channel.WEBINAR, 2_100),
    ),
    Drive(LAUNCH, "webinar", 0.8, 1.0, 16, Channel.WEBINAR, 3_900),
    Drive("Hanover logistics fair", "event", 0.15, 0.3, 16, Channel.EVENT, 22_750),
    Drive(
        "Rotterdam supply chain summit", "event", 0.6, 0.75, 16, Channel.EVENT, 14_300
    ),
    Drive("LinkedIn: plan in minutes", "social", 0.2, 1.0, 10, Channel.SOCIAL, 7_600),
    Drive(
        "Customer referral thank-you", "referral", 0.25, 1.0, 8, Channel.REFERRAL, 1_250
    ),
    Drive("Partner: Nordkap Consulting", "partner", 0.1, 1.0, 10, Channel.PARTNER),
    Drive("Monthly newsletter", "email", 0.0, 1.0, 10, Channel.EMAIL),
]
# Out of every ten leads of a source with a running campaign, this many came by one.
CAMPAIGN_SHARE = 0.7

READING = [
    "/blog/five-signs-of-a-late-fleet",
    "/blog/planning-without-spreadsheets",
    "/blog/what-drivers-want",
    "/blog/cost-of-empty-miles",
    "/blog/warehouse-to-door",
    "/guides/operations-playbook",
]
PRODUCT = [
    "/product",
    "/product/route-planner",
    "/product/integrations",
    "/customers/northwind",
    "/customers/halden-foods",
    "/security",
]
PRICING = "/pricing"
CAREERS = "/careers"
GUIDES = [
    "The operations playbook",
    "Cost of empty miles: the calculator",
    "Buyer's guide to route planning",
    "Integration checklist",
]
NEWSLETTERS = [
    "Fewer empty miles: three numbers to watch",
    "How Halden Foods cut overtime by a fifth",
    "New: plan a week in four minutes",
    "Your drivers will thank you",
    "What the fair taught us",
    "The route planner is here",
]


@dataclass(frozen=True)
class Mailing:
    """One issue of the newsletter."""

    at: datetime
    subject: str


@dataclass(frozen=True)
class Webinar:
    """One broadcast; people register in the two weeks before."""

    at: datetime
    title: str
    campaign: str


@dataclass(frozen=True)
class Programme:
    """What marketing held over the nine months."""

    mailings: list[Mailing]
    webinars: list[Webinar]


def plan_programme(*, starts_at: datetime, until: datetime) -> Programme:
    """A newsletter every 28 days and a webinar every 30, the last one yesterday."""
    drives = [drive for drive in CAMPAIGNS if drive.source == "webinar"]
    span = until - starts_at
    today = until.replace(hour=0, minute=0, second=0, microsecond=0)
    mailings = [
        Mailing(at, NEWSLETTERS[number % len(NEWSLETTERS)])
        for number, at in enumerate(
            _dates(today - timedelta(days=5, hours=16), starts_at, 28)
        )
    ]
    webinars = []
    for at in _dates(today - timedelta(hours=10), starts_at, 30):
        part = (at - starts_at) / span
        drive = next(drive for drive in reversed(drives) if drive.starts <= part)
        title = drive.name.removeprefix("Webinar: ").capitalize()
        webinars.append(Webinar(at, title, drive.name))
    return Programme(mailings, webinars)


def _dates(last: datetime, first: datetime, days: int) -> list[datetime]:
    count = (last - first) // timedelta(days=days)
    return [last - timedelta(days=days * back) for back in range(count, -1, -1)]
