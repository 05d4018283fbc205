"""How the routing plan changed in nine months: one release, and a draft today."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from config.demo import people
from config.demo.agenda import Agenda
from handoff.choices import Strategy
from handoff.models import RoutingPlan
from handoff.routing.plans import documents, editing, lifecycle, values, versions
from handoff.routing.plans.values import RuleValues, SettingsValues
from leads.models import Rep, Team, User

SECOND_AFTER = timedelta(days=170)
DRAFT_BEFORE_END = timedelta(hours=26)
NOTE = "Large companies go to Enterprise, and who came by a partner to who knows them."
LARGE = {"field": "employees", "operator": "at_least", "value": 5000}
BY_PARTNER = {"field": "source", "operator": "is", "value": "partner"}
SOUTH = {"field": "country", "operator": "one_of", "value": ["Spain", "Italy"]}
SIZABLE = {"any": [LARGE | {"value": 2000}, SOUTH]}


def begin(*, now: datetime) -> None:
    """Let the first version decide from the first day, in place of the one set up."""
    RoutingPlan.objects.all().delete()
    plan = versions.create(
        said=values.FIRST, source="what is done without a plan", actor=None, now=now
    )
    lifecycle.activate(plan=plan, note="", actor=None, now=now)


def plan(
    *, agenda: Agenda, manager: User, starts_at: datetime, until: datetime
) -> None:
    """The manager releases three rules, and has another draft at the end."""
    agenda.add(starts_at + SECOND_AFTER, partial(_release, manager))
    agenda.add(until - DRAFT_BEFORE_END, partial(_draft, manager))


def _release(manager: User, at: datetime) -> None:
    draft = _copy(manager, at)
    for rule in _rules():
        editing.add(plan=draft, rule=rule, actor=manager, now=at)
    lifecycle.activate(plan=draft, note=NOTE, actor=manager, now=at)


def _rules() -> list[RuleValues]:
    enterprise = Team.objects.get(name=people.SECOND_TEAM)
    ana = Rep.objects.get(user__email="ana@baton.example")
    to_team = RuleValues(
        name="Large companies",
        conditions=LARGE,
        strategy=Strategy.TURNS,
        team=enterprise,
        rep=None,
        is_on=True,
    )
    return [
        to_team,
        replace(
            to_team,
            name="Sent by a partner",
            conditions=BY_PARTNER,
            strategy=Strategy.NAMED,
            team=None,
            rep=ana,
        ),
        replace(
            to_team,
            name="Spain and Italy",
            conditions=SOUTH,
            strategy=Strategy.LEAST_LOADED,
        ),
    ]


def _draft(manager: User, at: datetime) -> None:
    """More companies count as large, and partners' leads go round the team."""
    draft = _copy(manager, at)
    first, second, third = values.rules_of(draft)
    said, by_partner = (values.of_row(RuleValues, one) for one in (first, second))
    default = Team.objects.get(name=people.FIRST_TEAM)
    wider = replace(said, conditions=SIZABLE)
    shared = replace(by_partner, strategy=Strategy.TURNS, team=default, rep=None)
    for rule, before, to in ((first, said, wider), (second, by_partner, shared)):
        seen = documents.fingerprint(before)
        editing.change(rule=rule, to=to, seen=seen, actor=manager, now=at)
    editing.remove(rule=third, actor=manager, now=at)
    settings = values.of_row(SettingsValues, draft)
    editing.save_settings(
        plan=draft,
        to=replace(settings, default_strategy=Strategy.LEAST_LOADED),
        seen=documents.fingerprint(settings),
        actor=manager,
        now=at,
    )


def _copy(manager: User, at: datetime) -> RoutingPlan:
    active = RoutingPlan.objects.select_related("default_team").get(status="active")
    return versions.copy(plan=active, actor=manager, now=at)
