"""Changing a draft: its rules and criteria, its gates, its settings.

Every function locks the draft, writes what it did into the history, and raises
`NotADraftError` where the version is no draft any more.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from leads.models import User
from scoring import documents, drafts, history, values, wording
from scoring.choices import EventKind
from scoring.drafts import ChangedMeanwhileError
from scoring.models import BehaviourRule, FitCriterion, Gate, ModelEvent, ScoringModel
from scoring.values import GateValues, Line, LineValues, RuleValues, SettingsValues
from scoring.versions import locked_draft


class TooManyError(Exception):
    """A version has only so many rules and criteria."""

    def __init__(self) -> None:
        text = _("A version has at most {most} rules and as many criteria.")
        super().__init__(text.format(most=values.MOST_LINES))


@transaction.atomic
def add(
    *, model: ScoringModel, line: LineValues, actor: User | None, now: datetime
) -> Line:
    """Put a rule or a criterion behind the others. Raises: TooManyError."""
    draft = locked_draft(model)
    made = _append(draft, line)
    history.record(
        model=draft,
        kind=EventKind.ADDED,
        actor=actor,
        now=now,
        subject=wording.title(line),
        changes=wording.differences({}, wording.facts_of_line(line)),
    )
    return made


@transaction.atomic
def change(
    *, line: Line, to: LineValues, seen: str, actor: User | None, now: datetime
) -> Line:
    """Let a rule or a criterion say something else.

    `seen` is the fingerprint of what the person was shown.

    Raises:
        ChangedMeanwhileError: it says something else already.
    """
    draft = locked_draft(line.model)
    row = _reloaded(line)
    before = values.of_line(row)
    if values.fingerprint(before) != seen:
        raise ChangedMeanwhileError(_latest(draft))
    if to == before:
        return row
    for name, value in vars(to).items():
        setattr(row, name, value)
    row.save(update_fields=list(vars(to)))
    history.record(
        model=draft,
        kind=EventKind.CHANGED,
        actor=actor,
        now=now,
        subject=wording.title(before),
        changes=wording.differences(
            wording.facts_of_line(before), wording.facts_of_line(to)
        ),
    )
    return row


@transaction.atomic
def switch(*, line: Line, is_on: bool, actor: User | None, now: datetime) -> None:
    """Put a rule or a criterion in use or out of it; again changes nothing."""
    draft = locked_draft(line.model)
    row = _reloaded(line)
    if row.is_on == is_on:
        return
    before = wording.facts_of_line(values.of_line(row))
    row.is_on = is_on
    row.save(update_fields=["is_on"])
    after = values.of_line(row)
    history.record(
        model=draft,
        kind=EventKind.CHANGED,
        actor=actor,
        now=now,
        subject=wording.title(after),
        changes=wording.differences(before, wording.facts_of_line(after)),
    )


@transaction.atomic
def place(*, line: Line, position: int, actor: User | None, now: datetime) -> None:
    """Move a rule or a criterion to a position, from 1; beyond the end is the end."""
    draft = locked_draft(line.model)
    kind = type(line)
    lines = kind.objects.filter(model=draft)
    order = list(lines.order_by("position"))
    left = order.index(line) + 1
    wanted = max(1, min(position, len(order)))
    if wanted == left:
        return
    order.insert(wanted - 1, order.pop(left - 1))
    drafts.write_order(lines, [one.pk for one in order])
    history.record(
        model=draft,
        kind=EventKind.MOVED,
        actor=actor,
        now=now,
        subject=wording.title(values.of_line(line)),
        changes=[[_("Place"), str(left), str(wanted)]],
    )


@transaction.atomic
def remove(*, line: Line, actor: User | None, now: datetime) -> ModelEvent:
    """Take a rule or a criterion out; the history keeps it, see `put_back`."""
    draft = locked_draft(line.model)
    row = _reloaded(line)
    said = values.of_line(row)
    row.delete()
    return history.record(
        model=draft,
        kind=EventKind.REMOVED,
        actor=actor,
        now=now,
        subject=wording.title(said),
        removed=documents.write_line(said) | {"position": row.position},
    )


@transaction.atomic
def put_back(*, event: ModelEvent, actor: User | None, now: datetime) -> Line:
    """Put back what this event of the history took out, to its old place.

    Raises:
        DocumentError: what was taken out is not allowed any more.
    """
    draft = locked_draft(event.model)
    document = dict(event.removed or {})
    position = document.pop("position", values.MOST_LINES)
    said = documents.read_line(document)
    line = _append(draft, said)
    history.record(
        model=draft,
        kind=EventKind.PUT_BACK,
        actor=actor,
        now=now,
        subject=wording.title(said),
    )
    place(line=line, position=position, actor=actor, now=now)
    return line


@transaction.atomic
def save_gates(
    *,
    model: ScoringModel,
    to: Sequence[GateValues],
    seen: str,
    actor: User | None,
    now: datetime,
) -> None:
    """Write the gates of all stages. Raises: ChangedMeanwhileError."""
    draft = locked_draft(model)
    before = values.of_model(draft).gates
    if values.fingerprint(before) != seen:
        raise ChangedMeanwhileError(_latest(draft))
    changes = wording.differences(
        wording.facts_of_gates(before), wording.facts_of_gates(list(to))
    )
    if not changes:
        return
    draft.gates.all().delete()
    Gate.objects.bulk_create(Gate(model=draft, **vars(gate)) for gate in to)
    history.record(
        model=draft,
        kind=EventKind.CHANGED,
        actor=actor,
        now=now,
        subject=_("Gates"),
        changes=changes,
    )


@transaction.atomic
def save_settings(
    *,
    model: ScoringModel,
    to: SettingsValues,
    seen: str,
    actor: User | None,
    now: datetime,
) -> None:
    """Write the name, the speeds and the limits. Raises: ChangedMeanwhileError."""
    draft = locked_draft(model)
    before = values.of_row(SettingsValues, draft)
    if values.fingerprint(before) != seen:
        raise ChangedMeanwhileError(_latest(draft))
    changes = wording.differences(
        wording.facts_of_settings(before), wording.facts_of_settings(to)
    )
    if not changes:
        return
    ScoringModel.objects.filter(pk=draft.pk).update(**vars(to))
    history.record(
        model=draft,
        kind=EventKind.CHANGED,
        actor=actor,
        now=now,
        subject=_("Settings"),
        changes=changes,
    )


def _append(draft: ScoringModel, said: LineValues) -> Line:
    kind = BehaviourRule if isinstance(said, RuleValues) else FitCriterion
    lines = kind.objects.filter(model=draft)
    if lines.count() >= values.MOST_LINES:
        raise TooManyError
    last = lines.aggregate(last=Max("position"))["last"] or 0
    return kind.objects.create(model=draft, position=last + 1, **vars(said))


def _reloaded(line: Line) -> Line:
    """The row as it is now. Raises: ChangedMeanwhileError: it was taken out."""
    row = type(line).objects.filter(pk=line.pk).first()
    if row is None:
        raise ChangedMeanwhileError(_latest(line.model))
    return row


def _latest(draft: ScoringModel) -> ModelEvent | None:
    return draft.events.select_related("actor").first()
