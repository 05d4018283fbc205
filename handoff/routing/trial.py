"""Who would get a lead under a version of the plan, beside the active one."""

from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime

from handoff.models import RoutingPlan, RoutingRule
from handoff.routing import floor, knowledge, placing
from handoff.routing.floor import Floor, Place
from handoff.routing.plans import matching, releases, staff
from handoff.routing.plans.releases import Release
from leads.models import Lead


@dataclass(frozen=True)
class Verdict:
    """What a version says: the rule that names the lead, and its place, if any."""

    release: Release
    rule: RoutingRule | None
    place: Place | None


@dataclass(frozen=True)
class Trial:
    """A lead under the version (`after`) and under the one that decides (`before`).

    `before` is None where the version is the one that decides.
    """

    lead: Lead
    before: Verdict | None
    after: Verdict

    @property
    def verdicts(self) -> list[Verdict]:
        return [one for one in (self.before, self.after) if one]


def trial(*, lead: Lead, plan: RoutingPlan, now: datetime) -> Trial:
    """Route one lead both ways as if it became sales ready now; nothing is written.

    The lead comes with its account.
    """
    sales = floor.read(now=now)
    active = releases.in_force()
    return Trial(
        lead=lead,
        before=None if plan.is_active else _verdict(lead, active, sales, now),
        after=_verdict(lead, releases.of_plan(plan), sales, now),
    )


def _verdict(lead: Lead, release: Release, sales: Floor, now: datetime) -> Verdict:
    there = staff.of_reps(sales.reps.values())
    matches = matching.match(lead_ids=[lead.pk], release=release, there=there)
    match = matches[lead.pk]
    place = placing.place(
        lead,
        match=match,
        release=release,
        # A copy, since placing counts the lead with whoever gets it.
        sales=replace(sales, candidates=copy(sales.candidates)),
        known=knowledge.of_lead_anew(lead),
        now=now,
    )
    return Verdict(release, match.rule, place)
