"""What a rejected lead stands for: leads of its kind, and the rules that carried it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from handoff.condition_fields import REJECTED_FOR
from handoff.models import Handoff
from leads.conditions import Tree
from scoring.choices import ModelStatus
from scoring.models import BehaviourRule


def tree_of(handoff: Handoff) -> Tree:
    """Conditions that find leads like this one: rejected alike, from where it came."""
    lead, account = handoff.lead, handoff.lead.account
    asked = {
        REJECTED_FOR: handoff.reason.label if handoff.reason else "",
        "source": lead.source,
        "campaign": lead.campaign.name if lead.campaign else "",
        "industry": account.industry if account else "",
    }
    leaves = [
        {"field": field, "operator": "is", "value": value}
        for field, value in asked.items()
        if value
    ]
    return {"all": leaves} if leaves else {}


def segment_address(handoff: Handoff) -> str:
    """Where a segment of the same kind is made, its conditions filled in."""
    name = _("Rejected: {reason}").format(reason=handoff.reason)
    query = urlencode({"name": name, "conditions": json.dumps(tree_of(handoff))})
    return f"{reverse('segments:new')}?{query}"


def rule_addresses(lines: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Where each rule of these lines of briefs stands, by its name; one query.

    That of the active model by the same name, else the very one that counted then.
    """
    named = [(str(line.get("what", "")), line.get("rule", 0)) for line in lines]
    asked = Q(name__in={name for name, _pk in named}) & Q(
        model__status=ModelStatus.ACTIVE
    )
    asked |= Q(pk__in={pk for _name, pk in named if isinstance(pk, int)})
    rules = BehaviourRule.objects.filter(asked).select_related("model")
    by_pk, by_name = {}, {}
    for rule in rules:
        address = reverse("scoring:detail", args=[rule.model.version])
        by_pk[rule.pk] = f"{address}#rules-{rule.pk}"
        if rule.model.is_active:
            by_name[rule.name] = by_pk[rule.pk]
    found = {name: by_name.get(name) or by_pk.get(pk) for name, pk in named}
    return {name: address for name, address in found.items() if address}
