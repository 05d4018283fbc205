"""`manage.py scoring_model`: carry a scoring model from one workspace to another."""

from typing import Any

from django.utils import timezone

from leads.release_command import ReleaseCommand
from scoring import documents, lifecycle, values, versions
from scoring.models import ScoringModel


class Command(ReleaseCommand):
    """Write a version of the scoring model as JSON, or make a draft of such a file.

    Example: manage.py scoring_model export 3 > model.json
             manage.py scoring_model import model.json --activate
    """

    help = __doc__ or ""
    thing = "scoring model"

    def written(self, version: int) -> dict[str, Any] | None:
        model = ScoringModel.objects.filter(version=version).first()
        return documents.write(values.of_model(model)) if model else None

    def taken(self, document: Any, *, source: str, activates: bool) -> tuple[int, str]:
        said, now = documents.read(document), timezone.now()
        model = versions.create(said=said, source=source, actor=None, now=now)
        if activates:
            lifecycle.activate(model=model, note=source, actor=None, now=now)
        return model.version, model.name
