"""Changing a draft of the routing plan: its rules, and what holds beside them.

Every function locks the draft, writes what it did into the history, and raises
`NotADraftError` where the version is no draft any more.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from handoff.models import PlanEvent, RoutingPlan, RoutingRule
from handoff.routing.plans import documents, history, values, wording
from handoff.routing.plans.values import RuleValues, SettingsValues
from handoff.routing.plans.versions import locked_draft
from leads.models import User
from scoring import drafts
from scoring.choices import EventKind
from scoring.drafts import ChangedMeanwhileError
from scoring.wording import differences


class TooManyError(Exception):
    """A version has only so many rules."""

    def __init__(self) -> None:
        text = _("A version has at most {most} rules.")
        super().__init__(text.format(most=values.MOST_RULES))


@transaction.atomic
def add(
    *, plan: RoutingPlan, rule: RuleValues, actor: User | None, now: datetime
) -> RoutingRule:
    """Put a rule behind the others. Raises: TooManyError."""
    draft = locked_draft(plan)
    made = _append(draft, rule)
    history.record(
        plan=draft,
        kind=EventKind.ADDED,
        actor=actor,
        now=now,
        subject=wording.title(rule),
        changes=differences({}, wording.facts_of_rule(rule)),
    )
    return made


@transaction.atomic
def change(
    *,
    rule: RoutingRule,
    to: RuleValues,
    seen: str,
    actor: User | None,
    now: datetime,
) -> None:
    """Let a rule say something else.

    `seen` is the fingerprint of what the person was shown.

    Raises:
        ChangedMeanwhileError: it says something else already.
    """
    draft = locked_draft(rule.plan)
    row = _reloaded(rule)
    before = values.of_row(RuleValues, row)
    if documents.fingerprint(before) != seen:
        raise ChangedMeanwhileError(_latest(draft))
    if to != before:
        _write(draft, row, to, actor=actor, now=now)


@transaction.atomic
def switch(
    *, rule: RoutingRule, is_on: bool, actor: User | None, now: datetime
) -> None:
    """Put a rule in use or out of it; again changes nothing."""
    draft = locked_draft(rule.plan)
    row = _reloaded(rule)
    if row.is_on != is_on:
        said = vars(values.of_row(RuleValues, row)) | {"is_on": is_on}
        _write(draft, row, RuleValues(**said), actor=actor, now=now)


@transaction.atomic
def place(
    *, rule: RoutingRule, position: int, actor: User | None, now: datetime
) -> None:
    """Move a rule to a position, from 1; beyond the end is the end."""
    draft = locked_draft(rule.plan)
    row = _reloaded(rule)
    order = list(draft.rules.order_by("position"))
    left = order.index(row) + 1
    wanted = max(1, min(position, len(order)))
    if wanted == left:
        return
    order.insert(wanted - 1, order.pop(left - 1))
    drafts.write_order(draft.rules.all(), [one.pk for one in order])
    history.record(
        plan=draft,
        kind=EventKind.MOVED,
        actor=actor,
        now=now,
        subject=wording.title(values.of_row(RuleValues, row)),
        changes=[[_("Place"), str(left), str(wanted)]],
    )


@transaction.atomic
def remove(*, rule: RoutingRule, actor: User | None, now: datetime) -> PlanEvent:
    """Take a rule out; the history keeps it, see `put_back`."""
    draft = locked_draft(rule.plan)
    row = _reloaded(rule)
    said = values.of_row(RuleValues, row)
    row.delete()
    return history.record(
        plan=draft,
        kind=EventKind.REMOVED,
        actor=actor,
        now=now,
        subject=wording.title(said),
        removed=documents.write_rule(said) | {"position": row.position},
    )


@transaction.atomic
def put_back(*, event: PlanEvent, actor: User | None, now: datetime) -> RoutingRule:
    """Put back what this event of the history took out, to its old place.

    Raises:
        DocumentError: what was taken out is not allowed any more.
        TooManyError: there are enough rules by now.
    """
    draft = locked_draft(event.plan)
    document = dict(event.removed or {})
    position = document.pop("position", values.MOST_RULES)
    said = documents.read_rule(document)
    rule = _append(draft, said)
    history.record(
        plan=draft,
        kind=EventKind.PUT_BACK,
        actor=actor,
        now=now,
        subject=wording.title(said),
    )
    place(rule=rule, position=position, actor=actor, now=now)
    return rule


@transaction.atomic
def save_settings(
    *,
    plan: RoutingPlan,
    to: SettingsValues,
    seen: str,
    actor: User | None,
    now: datetime,
) -> None:
    """Write what holds beside the rules. Raises: ChangedMeanwhileError."""
    draft = locked_draft(plan)
    before = values.of_row(SettingsValues, draft)
    if documents.fingerprint(before) != seen:
        raise ChangedMeanwhileError(_latest(draft))
    changes = differences(
        wording.facts_of_settings(before), wording.facts_of_settings(to)
    )
    if not changes:
        return
    RoutingPlan.objects.filter(pk=draft.pk).update(**vars(to))
    history.record(
        plan=draft,
        kind=EventKind.CHANGED,
        actor=actor,
        now=now,
        subject=_("Settings"),
        changes=changes,
    )


def _write(
    draft: RoutingPlan,
    row: RoutingRule,
    to: RuleValues,
    *,
    actor: User | None,
    now: datetime,
) -> None:
    before = values.of_row(RuleValues, row)
    for name, value in vars(to).items():
        setattr(row, name, value)
    row.save(update_fields=list(vars(to)))
    changes = differences(wording.facts_of_rule(before), wording.facts_of_rule(to))
    history.record(
        plan=draft,
        kind=EventKind.CHANGED,
        actor=actor,
        now=now,
        subject=wording.title(before),
        changes=changes,
    )


def _append(draft: RoutingPlan, said: RuleValues) -> RoutingRule:
    if draft.rules.count() >= values.MOST_RULES:
        raise TooManyError
    last = draft.rules.aggregate(last=Max("position"))["last"] or 0
    return RoutingRule.objects.create(plan=draft, position=last + 1, **vars(said))


def _reloaded(rule: RoutingRule) -> RoutingRule:
    """The row as it is now. Raises: ChangedMeanwhileError: it was taken out."""
    rows = RoutingRule.objects.select_related("team", "rep__user", "rep__team")
    row = rows.filter(pk=rule.pk).first()
    if row is None:
        raise ChangedMeanwhileError(_latest(rule.plan))
    return row


def _latest(draft: RoutingPlan) -> PlanEvent | None:
    return draft.events.select_related("actor").first()
