"""Whether a version leads where it says."""

from django.utils.translation import gettext as _

from handoff.models import RoutingPlan
from handoff.routing.plans import staff, values
from leads.models import Team


def problems_of(*, plan: RoutingPlan) -> list[str]:
    """What would be skipped or would leave leads waiting, in sentences."""
    there = staff.load()
    problems = []
    for rule in values.rules_of(plan):
        why = staff.why_skipped(rule, there) if rule.is_on else None
        if why is not None:
            text = _("“{name}” is skipped: {why}.")
            problems.append(text.format(name=rule.name, why=why.label))
    team = plan.default_team or Team.objects.filter(is_default=True).first()
    if team is None:
        problems.append(
            _("There is no default team: leads that no rule names are not offered.")
        )
    elif team.pk not in there.team_ids:
        text = _("Nobody is in the default team {team}.")
        problems.append(text.format(team=team))
    return problems
