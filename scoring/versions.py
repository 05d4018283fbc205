"""Making drafts: from a version, from a starting template, from a file."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import Standing, User
from scoring import documents, history, values
from scoring.choices import EventKind
from scoring.drafts import NotADraftError, ThrownAwayError
from scoring.models import BehaviourRule, FitCriterion, Gate, ScoringModel
from scoring.values import ModelValues

STARTERS_FOLDER = Path(__file__).resolve().parent / "starters"
# Name of the file, and for whom it is.
STARTERS = {
    "b2b_software": gettext_lazy("B2B software: trials, demos, pricing pages"),
    "services": gettext_lazy("Services: talks, proposals, references"),
    "events": gettext_lazy("Events: visits, webinars, follow-up mail"),
}


@transaction.atomic
def create(
    *, said: ModelValues, source: str, actor: User | None, now: datetime
) -> ScoringModel:
    """Make a draft that says this, under the next version; `source` is told in words.

    Versions are given out under a lock on the first one.
    """
    ScoringModel.objects.select_for_update().order_by("version").first()
    latest = ScoringModel.objects.aggregate(latest=Max("version"))["latest"] or 0
    model = ScoringModel.objects.create(
        version=latest + 1,
        landmark=now.replace(microsecond=0),
        **vars(said.settings),
    )
    BehaviourRule.objects.bulk_create(
        BehaviourRule(model=model, position=position, **vars(rule))
        for position, rule in enumerate(said.rules, 1)
    )
    FitCriterion.objects.bulk_create(
        FitCriterion(model=model, position=position, **vars(criterion))
        for position, criterion in enumerate(said.criteria, 1)
    )
    Gate.objects.bulk_create(Gate(model=model, **vars(gate)) for gate in said.gates)
    history.record(
        model=model, kind=EventKind.CREATED, actor=actor, now=now, subject=source
    )
    return model


def copy(*, model: ScoringModel, actor: User | None, now: datetime) -> ScoringModel:
    """A new draft that says what this version says."""
    source = _("from version {version}").format(version=model.version)
    return create(said=values.of_model(model), source=source, actor=actor, now=now)


def start(*, starter: str, actor: User | None, now: datetime) -> ScoringModel:
    """A new draft from the starting template of that name.

    Raises:
        KeyError: there is none of that name.
    """
    title = str(STARTERS[starter]).split(":")[0]
    source = _("from the starting template “{title}”").format(title=title)
    return create(said=read_starter(starter), source=source, actor=actor, now=now)


def read_starter(starter: str) -> ModelValues:
    """What the starting template of that name says."""
    text = (STARTERS_FOLDER / f"{starter}.json").read_text(encoding="utf-8")
    return documents.read(json.loads(text))


@transaction.atomic
def discard(*, model: ScoringModel) -> None:
    """Throw a draft away, with its history. Raises: NotADraftError."""
    locked_draft(model).delete()


def locked_draft(model: ScoringModel) -> ScoringModel:
    """The draft, locked until the end of the transaction. Raises: NotADraftError."""
    found = ScoringModel.objects.select_for_update().filter(pk=model.pk).first()
    if found is None:
        raise ThrownAwayError(model)
    if not found.is_draft:
        raise NotADraftError(found)
    return found


def progress(*, model: ScoringModel) -> dict[str, Any]:
    """How many leads the version has scored, of how many: `scored`, `total`, `share`.

    `share` is in percent, rounded down, so that 100 is all.
    """
    counts = Standing.objects.aggregate(
        scored=Count("pk", filter=Q(model_version=model.version)), total=Count("pk")
    )
    share = 100 * counts["scored"] // counts["total"] if counts["total"] else 100
    return {**counts, "share": share}
