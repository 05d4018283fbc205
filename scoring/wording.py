"""What a model says, in words that people read."""

from django.utils.translation import gettext as _

from leads import conditions
from leads.choices import GRADES, ActivityKind, Stage
from scoring.choices import CapPeriod, CapScope, CriterionGroup, Effect, Speed
from scoring.models import BehaviourRule
from scoring.values import (
    GateValues,
    LineValues,
    RuleValues,
    SettingsValues,
)

# What a thing says: its label, and the words.
Facts = dict[str, str]


def amount(number: float) -> str:
    """A number as short as it goes."""
    return f"{number:.10g}"


def signed(points: float) -> str:
    """Points with their sign: “+8”, “-5”."""
    return f"{points:+.10g}" if points else "0"


def cap(rule: RuleValues | BehaviourRule) -> str:
    """How often a rule counts: “At most 2 a day, per page”; empty is always."""
    if rule.cap_count is None:
        return ""
    phrases = {
        CapPeriod.DAY: _("At most {count} a day"),
        CapPeriod.WEEK: _("At most {count} a week"),
        CapPeriod.MONTH: _("At most {count} a month"),
        CapPeriod.EVER: _("At most {count} ever"),
    }
    text = phrases[CapPeriod(rule.cap_period)].format(count=rule.cap_count)
    if rule.cap_scope == CapScope.ALL:
        return text
    return f"{text}, {CapScope(rule.cap_scope).label}"


def gate(values: GateValues) -> str:
    """What a stage asks for: “engagement from 40 and grade C or better”."""
    text = _("engagement of {points} or more")
    if values.grade:
        text = _("engagement of {points} or more and grade {grade} or better")
    return text.format(points=amount(values.engagement), grade=GRADES[values.grade])


def tree(values: LineValues) -> str:
    """The conditions of a rule or criterion."""
    subject = "activity" if isinstance(values, RuleValues) else "lead"
    return conditions.describe(values.conditions, subject)


def facts_of_line(values: LineValues) -> Facts:
    """Everything that a rule or a criterion says."""
    facts = {_("Name"): values.name}
    if isinstance(values, RuleValues):
        facts[_("Activity")] = str(ActivityKind(values.kind).label)
    else:
        facts[_("Looks at")] = str(CriterionGroup(values.group).label)
    facts[_("Conditions")] = tree(values)
    facts[_("Points")] = signed(values.points)
    if isinstance(values, RuleValues):
        facts[_("Fades")] = str(Speed(values.speed).label)
        facts[_("Cap")] = cap(values) or _("No cap")
    facts[_("Effect")] = str(Effect(values.effect).label)
    facts[_("In use")] = _("yes") if values.is_on else _("no")
    return facts


def facts_of_gates(gates: list[GateValues]) -> Facts:
    """What each stage asks for, and when it is left."""
    facts: Facts = {}
    for one in gates:
        text = _("{gate}, left under {leave}")
        facts[str(Stage(one.stage).label)] = text.format(
            gate=gate(one), leave=amount(one.leave_engagement)
        )
    return facts


def facts_of_settings(values: SettingsValues) -> Facts:
    """The name, the speeds and the limits of the grades."""
    days = _("half gone in {days} days")
    speeds = {
        _("Fast fading"): values.half_life_fast,
        _("Medium fading"): values.half_life_medium,
        _("Slow fading"): values.half_life_slow,
    }
    bands = zip(GRADES[1:], values.band_limits, strict=False)
    return {
        _("Name"): values.name,
        **{what: days.format(days=amount(speed)) for what, speed in speeds.items()},
        **{
            _("Grade {letter}").format(letter=letter): _("from {limit}").format(
                limit=amount(limit)
            )
            for letter, limit in bands
        },
    }


def differences(before: Facts, after: Facts) -> list[list[str]]:
    """[what, before, after] for each fact that is not the same."""
    return [
        [what, before.get(what, ""), after.get(what, "")]
        for what in {**before, **after}
        if before.get(what) != after.get(what)
    ]


def title(values: LineValues) -> str:
    """What a history calls a rule or a criterion."""
    is_rule = isinstance(values, RuleValues)
    text = _("Rule “{name}”") if is_rule else _("Criterion “{name}”")
    return text.format(name=values.name)
