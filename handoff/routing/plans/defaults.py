"""The routing plan that a workspace begins with: owner, colleague, then the turns."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from handoff.models import RoutingPlan
from handoff.routing.plans import lifecycle, values, versions


@transaction.atomic
def ensure_plan() -> None:
    """Make the first plan and let it decide, where the workspace has none.

    It says what is done without a plan, so a workspace that had none goes on as before.
    """
    if RoutingPlan.objects.exists():
        return
    now = timezone.now()
    source = _("what is done without a plan")
    plan = versions.create(said=values.FIRST, source=source, actor=None, now=now)
    lifecycle.activate(plan=plan, note="", actor=None, now=now)
