"""The scoring model that a new workspace begins with."""

from django.db import transaction
from django.utils import timezone

from scoring import lifecycle, versions
from scoring.models import ScoringModel

STARTER = "b2b_software"


@transaction.atomic
def ensure_model() -> None:
    """Make the first model and let it decide, where the workspace has none."""
    if ScoringModel.objects.exists():
        return
    now = timezone.now().replace(microsecond=0)
    model = versions.start(starter=STARTER, actor=None, now=now)
    lifecycle.activate(model=model, note="", actor=None, now=now)
