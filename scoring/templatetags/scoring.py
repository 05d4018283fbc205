"""How the figures of a rule are looked up on a page."""

from django import template

from scoring.models import BehaviourRule
from scoring.usage import Usage, Usages

register = template.Library()


@register.filter
def of_rule(usages: Usages, rule: BehaviourRule) -> Usage | None:
    """What this rule did; None where it is switched off."""
    return usages.by_rule_id.get(rule.pk)
