"""`manage.py routing`: carry a routing plan from one workspace to another."""

from typing import Any

from django.utils import timezone

from handoff.models import RoutingPlan
from handoff.routing.plans import documents, lifecycle, values, versions
from leads.release_command import ReleaseCommand


class Command(ReleaseCommand):
    """Write a version of the routing plan as JSON, or make a draft of such a file.

    Example: manage.py routing export 3 > plan.json
             manage.py routing import plan.json --activate
    """

    help = __doc__ or ""
    thing = "routing plan"

    def written(self, version: int) -> dict[str, Any] | None:
        plans = RoutingPlan.objects.select_related("default_team")
        plan = plans.filter(version=version).first()
        return documents.write(values.of_plan(plan)) if plan else None

    def taken(self, document: Any, *, source: str, activates: bool) -> tuple[int, str]:
        said, now = documents.read(document), timezone.now()
        plan = versions.create(said=said, source=source, actor=None, now=now)
        if activates:
            lifecycle.activate(plan=plan, note=source, actor=None, now=now)
        return plan.version, plan.name
