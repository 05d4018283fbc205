"""Storing the invented companies, campaigns and people as accounts and leads."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from config.demo.marketing import CAMPAIGNS
from config.demo.people import BY_EMAIL, SECOND_TEAM
from config.demo.prospects import Company, Prospect
from leads import particulars
from leads.models import Account, Campaign, Lead, Tag, User
from leads.text import name_key

BATCH = 500
# Every so many large companies have a rep of their own in the second team.
OWNED_FROM_EMPLOYEES = 2_500
OWNED_EVERY = 3


def save_companies(
    *, companies: Sequence[Company], users: dict[str, User]
) -> dict[str, Account]:
    """Accounts by domain; some of the large ones belong to the second team."""
    large = [one for one in companies if one.employees >= OWNED_FROM_EMPLOYEES]
    owners = [
        users[email] for email, one in BY_EMAIL.items() if one.team == SECOND_TEAM
    ]
    owner_by_domain = {
        one.domain: owners[number % len(owners)]
        for number, one in enumerate(large[::OWNED_EVERY])
    }
    accounts = [
        Account(
            name=one.name,
            name_key=name_key(one.name),
            domain=one.domain,
            industry=one.industry,
            employees=one.employees,
            country=one.country,
            owner=owner_by_domain.get(one.domain),
        )
        for one in companies
    ]
    made = Account.objects.bulk_create(accounts, batch_size=BATCH)
    return {account.domain: account for account in made}


def save_campaigns(*, since: datetime, until: datetime) -> dict[str, Campaign]:
    """Campaigns by name; their dates are parts of the time of the story."""
    whole = until - since
    made = Campaign.objects.bulk_create(
        Campaign(
            name=drive.name,
            name_key=name_key(drive.name),
            channel=drive.channel,
            starts_on=(since + drive.starts * whole).date(),
            ends_on=(since + drive.ends * whole).date() if drive.ends < 1 else None,
            cost=drive.cost,
        )
        for drive in CAMPAIGNS
    )
    return {campaign.name: campaign for campaign in made}


def save_leads(
    *,
    prospects: Sequence[Prospect],
    accounts: dict[str, Account],
    campaigns: dict[str, Campaign],
) -> list[Lead]:
    """One lead a prospect, in the same order; none has a standing yet."""
    leads = Lead.objects.bulk_create(
        [_lead(one, accounts, campaigns) for one in prospects], batch_size=BATCH
    )
    names = sorted(set(chain.from_iterable(one.tags for one in prospects)))
    tags = {tag.name: tag for tag in Tag.objects.bulk_create(map(_tag, names))}
    Lead.tags.through.objects.bulk_create(
        [
            Lead.tags.through(lead=lead, tag=tags[name])
            for lead, one in zip(leads, prospects, strict=True)
            for name in one.tags
        ],
        batch_size=BATCH,
    )
    return leads


def _lead(
    one: Prospect, accounts: dict[str, Account], campaigns: dict[str, Campaign]
) -> Lead:
    lead = Lead(
        email=one.email,
        first_name=one.first_name,
        last_name=one.last_name,
        phone=one.phone,
        title=one.title,
        account=accounts[one.company.domain] if one.company else None,
        country=one.country,
        source=one.source,
        campaign=campaigns.get(one.campaign),
        created_at=one.arrives_at,
    )
    particulars.derive(lead)
    return lead


def _tag(name: str) -> Tag:
    return Tag(name=name)
