"""Making drafts of the routing plan, and throwing them away."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from handoff.models import RoutingPlan, RoutingRule
from handoff.routing.plans import history, values
from handoff.routing.plans.values import PlanValues
from leads.models import User
from scoring.choices import EventKind
from scoring.drafts import NotADraftError, ThrownAwayError


@transaction.atomic
def create(
    *, said: PlanValues, source: str, actor: User | None, now: datetime
) -> RoutingPlan:
    """Make a draft that says this, under the next version; `source` is told in words.

    Versions are given out under a lock on the first one.
    """
    RoutingPlan.objects.select_for_update().order_by("version").first()
    latest = RoutingPlan.objects.aggregate(latest=Max("version"))["latest"] or 0
    plan = RoutingPlan.objects.create(version=latest + 1, **vars(said.settings))
    RoutingRule.objects.bulk_create(
        RoutingRule(plan=plan, position=position, **vars(rule))
        for position, rule in enumerate(said.rules, 1)
    )
    history.record(
        plan=plan, kind=EventKind.CREATED, actor=actor, now=now, subject=source
    )
    return plan


def copy(*, plan: RoutingPlan, actor: User | None, now: datetime) -> RoutingPlan:
    """A new draft that says what this version says."""
    source = _("from version {version}").format(version=plan.version)
    return create(said=values.of_plan(plan), source=source, actor=actor, now=now)


@transaction.atomic
def discard(*, plan: RoutingPlan) -> None:
    """Throw a draft away, with its history. Raises: NotADraftError."""
    locked_draft(plan).delete()


def locked_draft(plan: RoutingPlan) -> RoutingPlan:
    """The draft, locked until the end of the transaction. Raises: NotADraftError."""
    found = RoutingPlan.objects.select_for_update().filter(pk=plan.pk).first()
    if found is None:
        raise ThrownAwayError(plan)
    if not found.is_draft:
        raise NotADraftError(found)
    return found
