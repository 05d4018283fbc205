"""Whom sales found itself, and the deals that its CRM tells of.

Some of them meet marketing before their deal or while it is open, some never; and some
whom marketing found bought without having been handed over. So the parts of revenue
differ, as they do in life.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from config.demo import chance as chances
from config.demo import marketing, names
from config.demo.agenda import Agenda
from config.demo.course import DAYS
from config.demo.prospects import Heat, Prospect
from config.demo.selling import LOST_REASONS
from handoff.selling import contacts, deal_import
from handoff.selling.contacts import Contact
from leads import activities, currencies, lifecycle, particulars
from leads.activities import NewActivity
from leads.capture.mapping import ParsedRow
from leads.choices import ActivityKind, Cause, Outcome, Stage
from leads.lifecycle import Entry
from leads.models import Account, Lead, Rep, Standing
from leads.text import fold

# Leads of sales' own, and those of marketing that it sold to without a hand-off.
FOUND, DIRECT = 24, 10
WON_SHARE = 0.6
SYSTEM = "crm"
# Of the days from the call to the end of the deal: when it is opened, and when the lead
# comes to the website, each in turn. Before the deal too, only during it, never.
OPENED_AFTER = 0.3
VISITS: tuple[tuple[float, ...], ...] = ((0.1, 0.2, 0.7), (0.5, 0.8), ())


@dataclass(frozen=True)
class _Deal:
    """A deal as the CRM knows it; amount: in the workspace's currency."""

    external_id: str
    email: str
    amount: int
    opened_at: datetime
    closed_at: datetime
    is_won: bool


def plan(
    *,
    agenda: Agenda,
    accounts: Mapping[str, Account],
    cast: Sequence[Prospect],
    since: datetime,
) -> None:
    """Let reps call people out of the blue, and the CRM tell of their deals."""
    reps = list(Rep.objects.select_related("user", "team").order_by("pk"))
    companies = [account for account in accounts.values() if account.employees]
    for number in range(FOUND):
        chance = chances.stream("outbound", number)
        at = chances.daytime(
            chance, since + timedelta(days=DAYS * (number + 0.5) / FOUND)
        )
        rep = reps[number % len(reps)]
        lead = _lead(chance.choice(companies), number)
        agenda.add(at, partial(_find, lead, rep))
        deal = _deal(lead.email, lead.account, f"own-{number + 1}", at)
        _plan_deal(agenda, deal)
        for part in VISITS[number % len(VISITS)]:
            visits_at = at + part * (deal.closed_at - at)
            agenda.add(visits_at, partial(_visit, lead))
    for number, one in enumerate(_sold_to_at_once(cast, since), start=1):
        at = one.arrives_at + timedelta(days=20)
        account = accounts[one.company.domain] if one.company else None
        _plan_deal(agenda, _deal(one.email, account, f"direct-{number}", at))


def _sold_to_at_once(cast: Sequence[Prospect], since: datetime) -> list[Prospect]:
    """Some who read much and ask for nothing, spread over the months."""
    last = since + timedelta(days=DAYS * 0.8)
    found = [
        one
        for one in cast
        if one.heat == Heat.RESEARCHER and one.email and one.arrives_at < last
    ]
    return found[:: max(1, len(found) // DIRECT)][:DIRECT]


def _lead(account: Account, number: int) -> Lead:
    """Nobody of the cast has an address that begins with one letter."""
    chance = chances.stream("found", number)
    country = account.country if account.country in names.COUNTRIES else "Germany"
    given, family, _ending = names.COUNTRIES[country]
    first_name = chance.choice(given.split())
    last_name = chance.choice(family.split()).replace("_", " ")
    local = f"{first_name[0]}.{last_name}{number}".replace(" ", "")
    lead = Lead(
        email=f"{fold(local)}@{account.domain}",
        first_name=first_name,
        last_name=last_name,
        title=chance.choice(names.DECIDERS),
        account=account,
        country=account.country,
        source="outbound",
    )
    particulars.derive(lead)
    return lead


def _deal(
    email: str, account: Account | None, external_id: str, since: datetime
) -> _Deal:
    chance = chances.stream("crm", external_id)
    whole = timedelta(days=chance.uniform(40, 100))
    employees = (account.employees if account else None) or 20
    return _Deal(
        external_id=external_id,
        email=email,
        amount=int(round(1_500 * employees**0.45 * chance.lognormvariate(0, 0.4), -2)),
        opened_at=since + OPENED_AFTER * whole,
        closed_at=since + whole,
        is_won=chance.random() < WON_SHARE,
    )


def _plan_deal(agenda: Agenda, deal: _Deal) -> None:
    end: dict[str, Any] = {"won_at": deal.closed_at}
    if not deal.is_won:
        chance = chances.stream("lost", deal.external_id)
        reason = chance.choice(LOST_REASONS)
        end = {"lost_at": deal.closed_at, "lost_reason": reason}
    agenda.add(deal.opened_at, partial(_tell, deal, {"opened_at": deal.opened_at}))
    agenda.add(deal.closed_at, partial(_tell, deal, end))


def _find(lead: Lead, rep: Rep, at: datetime) -> None:
    """The first that is known of the lead is that a rep called."""
    lead.created_at = at
    lead.save()
    lifecycle.enter_many(entries=[Entry(lead.pk, Stage.NEW, at, Cause.PERSON)])
    lifecycle.assign(lead=lead, owner=rep.user, team=rep.team)
    contacts.log(
        lead=Lead.objects.with_standing().get(pk=lead.pk),
        contact=Contact(
            ActivityKind.CALL,
            Outcome.REACHED,
            "Called without being asked",
            at,
            f"demo-own-{lead.pk}",
        ),
        settles=False,
        next_due_at=None,
        actor=rep.user,
        now=at,
    )


def _visit(lead: Lead, at: datetime) -> None:
    pages = chances.stream("found visits", lead.email, at.isoformat())
    url = marketing.SITE + pages.choice(marketing.PRODUCT)
    seen = NewActivity(lead.pk, ActivityKind.PAGE_VIEW, at, "website", url=url)
    activities.record(activities=[seen])


def _tell(deal: _Deal, news: dict[str, Any], at: datetime) -> None:
    """What the CRM sends of a deal, as the API takes it; of nobody who is unknown."""
    if not Standing.objects.filter(lead__email=deal.email).exists():
        return
    values = {
        "external_id": deal.external_id,
        "source_system": SYSTEM,
        "email": deal.email,
        "amount": deal.amount,
        "currency": currencies.own(),
        **news,
    }
    deal_import.take(rows=[ParsedRow(1, [], values)], now=at)
