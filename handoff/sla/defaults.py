"""The service levels that a new workspace starts with."""

from django.db import transaction

from handoff.models import ServiceLevel
from handoff.sla import levels


@transaction.atomic
def ensure_levels() -> None:
    """Make those of the teams without own ones; what people edited is left alone."""
    known = ServiceLevel.objects.filter(team=None).values_list("priority", flat=True)
    missing = set(levels.DEFAULTS) - set(known)
    for priority in sorted(missing):
        level = levels.DEFAULTS[priority]
        levels.save(team=None, priority=priority, level=level)
