"""Which version of the model decides: the one writer of its status."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from leads import bells
from leads.models import User
from scoring import checks, history, telling
from scoring.choices import MOVES, EventKind, ModelStatus
from scoring.models import ScoringModel


class ActivationError(Exception):
    """This version cannot decide; the message says why."""


@transaction.atomic
def activate(
    *, model: ScoringModel, note: str, actor: User | None, now: datetime
) -> ScoringModel:
    """Let a draft decide, or a retired version again, and retire the present one.

    Every lead is then owed a rescore, since its standing names another version; the
    duty does it in chunks. Both models are locked and `model` is reloaded in place.
    Managers and marketing are told where another version decided before.

    Raises:
        ActivationError: the version decides already, or the draft is not complete.
    """
    concerned = ScoringModel.objects.filter(Q(pk=model.pk) | Q(status="active"))
    present = [
        one
        for one in concerned.select_for_update().order_by("pk")
        if one.pk != model.pk and one.is_active
    ]
    model.refresh_from_db()
    if ModelStatus.ACTIVE not in MOVES[ModelStatus(model.status)]:
        raise ActivationError(_("Version {v} decides already.").format(v=model.version))
    if problems := checks.problems_of(model=model):
        raise ActivationError(" ".join(problems))
    for one in present:
        one.status = ModelStatus.RETIRED
        one.save(update_fields=["status"])
        history.record(model=one, kind=EventKind.RETIRED, actor=actor, now=now)
    model.status = ModelStatus.ACTIVE
    model.activated_at, model.activated_by, model.note = now, actor, note
    model.save(update_fields=["status", "activated_at", "activated_by", "note"])
    history.record(
        model=model, kind=EventKind.ACTIVATED, actor=actor, now=now, note=note
    )
    bells.ring("standings_stale")
    for one in present:
        telling.tell_activated(model=model, former=one, actor=actor, now=now)
    return model
