"""A routing plan as a JSON document: how plans travel.

The shape is told in docs/routing-plan.md. What is written is read back exactly. Teams
go by their name and reps by their e-mail address.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import gettext as _

from handoff.choices import Strategy
from handoff.routing.condition_fields import SUBJECT
from handoff.routing.plans import values
from handoff.routing.plans.values import PlanValues, RuleValues, SettingsValues
from leads.json_nodes import Node
from leads.models import Rep, Team

FORMAT = "baton-routing-plan/1"


def write(plan: PlanValues) -> dict[str, Any]:
    """The document of a plan."""
    said = plan.settings
    return {
        "format": FORMAT,
        "name": said.name,
        "first": {
            "company_owner": said.prefers_owner,
            "company_rep": said.joins_colleague,
        },
        "cool_off_days": said.cool_off_days,
        "rules": [write_rule(rule) for rule in plan.rules],
        "default": {
            "team": said.default_team.name if said.default_team else None,
            "strategy": said.default_strategy,
        },
    }


def write_rule(rule: RuleValues) -> dict[str, Any]:
    """The part of a document that is one rule."""
    return {
        "name": rule.name,
        "conditions": rule.conditions,
        "strategy": rule.strategy,
        "team": rule.team.name if rule.team else None,
        "rep": rule.rep.user.email if rule.rep else None,
        "stand_in": rule.has_stand_in,
        "is_on": rule.is_on,
    }


def fingerprint(said: RuleValues | SettingsValues) -> str:
    """Tells whether values are still those that somebody was shown."""
    if isinstance(said, RuleValues):
        plain = write_rule(said)
    else:
        plain = write(PlanValues(said, []))
    text = json.dumps(plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read(document: Any) -> PlanValues:
    """The plan that a document tells.

    Raises:
        DocumentError: with the path to the culprit, and why.
    """
    places = _Places.load()
    given = Node(document).members(
        "format",
        "name",
        "first",
        "rules",
        "default",
        cool_off_days=values.FIRST.settings.cool_off_days,
    )
    if given["format"].value != FORMAT:
        given["format"].refuse(_("expected “{format}”").format(format=FORMAT))
    first = given["first"].members("company_owner", "company_rep")
    default = given["default"].members("team", "strategy")
    if default["strategy"].choice(Strategy) == Strategy.NAMED:
        default["strategy"].refuse(_("the default is a team"))
    team = default["team"]
    return PlanValues(
        settings=SettingsValues(
            name=given["name"].text(longest=values.LONGEST_NAME),
            prefers_owner=first["company_owner"].flag(),
            joins_colleague=first["company_rep"].flag(),
            cool_off_days=given["cool_off_days"].whole(0, values.LONGEST_COOL_OFF),
            default_team=None if team.value is None else places.team(team),
            default_strategy=Strategy(default["strategy"].value),
        ),
        rules=[
            _read_rule(node, places)
            for node in given["rules"].items(most=values.MOST_RULES)
        ],
    )


def read_rule(document: Any) -> RuleValues:
    """The rule that `write_rule` wrote. Raises: DocumentError."""
    return _read_rule(Node(document), _Places.load())


@dataclass(frozen=True)
class _Places:
    """Where rules may lead: teams with reps by name, reps by address."""

    teams: Mapping[str, Team]
    reps: Mapping[str, Rep]

    @classmethod
    def load(cls) -> Self:
        reps = Rep.objects.filter(user__is_active=True).select_related("user", "team")
        return cls(
            {rep.team.name: rep.team for rep in reps},
            {rep.user.email: rep for rep in reps},
        )

    def team(self, node: Node) -> Team:
        if not isinstance(node.value, str) or node.value not in self.teams:
            node.refuse(_("not the name of a team that has reps"))
        return self.teams[node.value]

    def rep(self, node: Node) -> Rep:
        if not isinstance(node.value, str) or node.value not in self.reps:
            node.refuse(_("not the e-mail address of a rep"))
        return self.reps[node.value]


def _read_rule(node: Node, places: _Places) -> RuleValues:
    given = node.members(
        *("name", "conditions", "strategy"),
        team=None,
        rep=None,
        stand_in=False,
        is_on=True,
    )
    strategy = given["strategy"].choice(Strategy)
    is_named = strategy == Strategy.NAMED
    other = given["team" if is_named else "rep"]
    if other.value is not None:
        other.refuse(_("not expected with this strategy"))
    if given["conditions"].value == {}:
        given["conditions"].refuse(_("empty: it would hold for every lead"))
    return RuleValues(
        name=given["name"].text(longest=values.LONGEST_NAME),
        conditions=given["conditions"].tree(SUBJECT),
        strategy=strategy,
        team=None if is_named else places.team(given["team"]),
        rep=places.rep(given["rep"]) if is_named else None,
        is_on=given["is_on"].flag(),
        has_stand_in=is_named and given["stand_in"].flag(),
    )
