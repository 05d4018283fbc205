"""Which version of the routing plan decides: the one writer of its status."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from handoff.models import RoutingPlan
from handoff.routing.plans import history, staff, values
from leads import bells
from leads.models import User
from scoring.choices import MOVES, EventKind, ModelStatus


class ActivationError(Exception):
    """This version cannot decide; the message says why."""


@transaction.atomic
def activate(
    *, plan: RoutingPlan, note: str, actor: User | None, now: datetime
) -> RoutingPlan:
    """Let a draft decide, or a retired version again, and retire the present one.

    It decides about leads from the next routing on; what was handed over stays. Both
    plans are locked and `plan` is reloaded in place. A version of before may name who
    is gone: such a rule is skipped.

    Raises:
        ActivationError: the version decides already, or a rule of the draft leads
            nowhere.
    """
    concerned = RoutingPlan.objects.filter(Q(pk=plan.pk) | Q(status="active"))
    present = [
        one
        for one in concerned.select_for_update().order_by("pk")
        if one.pk != plan.pk and one.is_active
    ]
    plan.refresh_from_db()
    if ModelStatus.ACTIVE not in MOVES[ModelStatus(plan.status)]:
        raise ActivationError(_("Version {v} decides already.").format(v=plan.version))
    if plan.is_draft and (names := _leading_nowhere(plan)):
        text = _("These rules lead nowhere: {names}. Change them or switch them off.")
        raise ActivationError(text.format(names=", ".join(names)))
    for one in present:
        one.status = ModelStatus.RETIRED
        one.save(update_fields=["status"])
        history.record(plan=one, kind=EventKind.RETIRED, actor=actor, now=now)
    plan.status = ModelStatus.ACTIVE
    plan.activated_at, plan.activated_by, plan.note = now, actor, note
    plan.save(update_fields=["status", "activated_at", "activated_by", "note"])
    history.record(plan=plan, kind=EventKind.ACTIVATED, actor=actor, now=now, note=note)
    # Leads may wait for want of a default team.
    bells.ring("stages_changed")
    return plan


def _leading_nowhere(plan: RoutingPlan) -> list[str]:
    there = staff.load()
    rules = values.rules_of(plan).filter(is_on=True)
    return [f"“{rule.name}”" for rule in rules if staff.why_skipped(rule, there)]
