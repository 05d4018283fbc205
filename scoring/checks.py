"""Whether a version is complete enough to decide."""

from django.utils.translation import gettext as _

from leads import conditions
from leads.conditions import ConditionError
from scoring import values
from scoring.models import ScoringModel
from scoring.values import LineValues, RuleValues


def problems_of(*, model: ScoringModel) -> list[str]:
    """Why a version cannot decide yet, in sentences; nothing where it can."""
    said = values.of_model(model)
    problems = []
    if not any(rule.is_on for rule in said.rules):
        problems.append(_("No rule is in use, so nothing would score."))
    if len(said.gates) < len(values.GATED):
        problems.append(_("The gates of IQL, MQL and SQL are not all set."))
    problems += [problem.message for problem in values.gate_problems(said.gates)]
    if problem := values.band_problem(said.settings.band_limits):
        problems.append(problem)
    lines: list[LineValues] = [*said.rules, *said.criteria]
    return problems + [
        _("“{name}” has conditions that no longer hold together.").format(name=one.name)
        for one in lines
        if one.is_on and not _is_sound(one)
    ]


def _is_sound(line: LineValues) -> bool:
    subject = "activity" if isinstance(line, RuleValues) else "lead"
    try:
        conditions.validate(line.conditions, subject)
    except ConditionError:
        return False
    return True
