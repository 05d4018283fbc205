"""Nine months of the invented company, lived with the product itself.

The story walks from step to step: people do what they meant to do until then, new
leads arrive, what was seen of them is recorded, and every duty of the workspace is
done as the sweep would have done it at that instant. So stages, scores, hand-offs and
deals are what the product makes of the behaviour, at their own dates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from config.demo import (
    absences,
    behaviour,
    bells,
    connections,
    course,
    desk,
    doubles,
    feedback,
    files,
    forms,
    inquiries,
    marketing,
    nurture,
    outbound,
    people,
    promised,
    prospects,
    records,
    releases,
    routing,
)
from config.demo.agenda import Agenda
from config.demo.behaviour import Sighting
from config.demo.course import DAYS
from config.demo.marketers import Marketers
from config.demo.prospects import Prospect
from config.demo.sales import VISITOR, Sales
from handoff.models import Handoff
from leads import activities, lifecycle, sweeping
from leads.activities import NewActivity
from leads.choices import Cause, Role, Stage
from leads.lifecycle import Entry
from leads.models import Campaign, User

LEADS_A_COMPANY = 5
# Is told how many steps are done, and of how many.
Report = Callable[[int, int], None]


@dataclass
class _Ahead:
    """What will be seen, the latest first, so that the next is taken off the end."""

    entries: list[Entry]
    seen: list[NewActivity]


@transaction.atomic
def tell(*, lead_count: int, until: datetime, report: Report) -> None:
    """Fill an empty workspace with that many leads and their nine months.

    The same count and `until` make the same workspace. It is whole or not there.
    """
    users = people.make()
    releases.begin(now=until - timedelta(days=DAYS))
    routing.begin(now=until - timedelta(days=DAYS))
    companies = prospects.invent_companies(count=max(1, lead_count // LEADS_A_COMPANY))
    cast = prospects.invent_prospects(
        count=lead_count, companies=companies, until=until
    )
    since = until - timedelta(days=DAYS)
    campaigns = records.save_campaigns(since=since, until=until)
    accounts = records.save_companies(companies=companies, users=users)
    leads = records.save_leads(prospects=cast, accounts=accounts, campaigns=campaigns)
    by_lead_id = {lead.pk: one for lead, one in zip(leads, cast, strict=True)}
    agenda = Agenda()
    _plan_marketing(agenda=agenda, users=users, until=until)
    marketer = users[people.PEOPLE[0].email]
    forms.plan(agenda=agenda, marketer=marketer, campaigns=campaigns, until=until)
    outbound.plan(agenda=agenda, accounts=accounts, cast=cast, since=since)
    sales = Sales(agenda=agenda, prospects=by_lead_id, until=until)
    ahead = _look_ahead(by_lead_id, campaigns, until)
    instants = course.steps(until=until)
    for done, now in enumerate(instants, start=1):
        agenda.work_off(now=now)
        _arrive_and_act(ahead, now)
        sweeping.do_duties(now=now)
        offered = Handoff.objects.pending().filter(routed_at=now).order_by("pk")
        sales.take_up(offered.select_related("rep", "lead"))
        report(done, len(instants))
    desk.lay_out(visitor=users[VISITOR], until=until)
    inquiries.ask(visitor=users[VISITOR], marketer=marketer, until=until)
    feedback.say(marketer=marketer, until=until)
    doubles.lay_out(marketer=marketer, until=until)
    files.bring(marketer=marketer, until=until)
    administrator, manager = (users[one.email] for one in people.CONNECTING)
    sweeping.do_duties(now=until)
    connections.lay_out(administrator=administrator, manager=manager, until=until)
    nurture.lay_out(marketers=[marketer], until=until)
    sweeping.do_duties(now=until)
    bells.read(until=until)


def _plan_marketing(*, agenda: Agenda, users: dict[str, User], until: datetime) -> None:
    by_role = [(people.BY_EMAIL[email].role, user) for email, user in users.items()]
    marketers = [user for role, user in by_role if role == Role.MARKETER]
    manager = next(user for role, user in by_role if role == Role.MANAGER)
    starts_at = until - timedelta(days=DAYS)
    releases.plan(
        agenda=agenda,
        marketer=marketers[0],
        manager=manager,
        starts_at=starts_at,
        until=until,
    )
    routing.plan(agenda=agenda, manager=manager, starts_at=starts_at, until=until)
    absences.plan(users=users, manager=manager, until=until)
    promised.plan(manager=manager, until=until)
    by_hand = Marketers(marketers=marketers, manager=manager)
    by_hand.plan(agenda=agenda, starts_at=starts_at, until=until)


def _look_ahead(
    by_lead_id: dict[int, Prospect], campaigns: dict[str, Campaign], until: datetime
) -> _Ahead:
    starts_at = until - timedelta(days=DAYS)
    programme = marketing.plan_programme(starts_at=starts_at, until=until)
    entries, seen = [], []
    for lead_id, one in by_lead_id.items():
        entries.append(Entry(lead_id, Stage.NEW, one.arrives_at, Cause.IMPORT))
        seen += [
            _activity(lead_id, sighting, campaigns)
            for sighting in behaviour.imagine(prospect=one, programme=programme)
            if sighting.at <= until
        ]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    seen.sort(key=lambda activity: activity.occurred_at, reverse=True)
    return _Ahead(entries, seen)


def _activity(
    lead_id: int, sighting: Sighting, campaigns: dict[str, Campaign]
) -> NewActivity:
    return NewActivity(
        lead_id=lead_id,
        kind=sighting.kind,
        occurred_at=sighting.at,
        source_system="website",
        url=sighting.url,
        subject=sighting.subject,
        campaign=campaigns.get(sighting.campaign),
        properties=sighting.properties,
        is_machine=sighting.is_machine,
    )


def _arrive_and_act(ahead: _Ahead, now: datetime) -> None:
    entries = []
    while ahead.entries and ahead.entries[-1].at <= now:
        entries.append(ahead.entries.pop())
    lifecycle.enter_many(entries=entries)
    seen = []
    while ahead.seen and ahead.seen[-1].occurred_at <= now:
        seen.append(ahead.seen.pop())
    activities.record(activities=seen)
