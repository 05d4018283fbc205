"""`manage.py scoring_model`: carry a scoring model from one workspace to another."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from leads import json_files
from leads.json_files import FileError
from leads.json_nodes import DocumentError
from scoring import documents, lifecycle, values, versions
from scoring.models import ScoringModel


class Command(BaseCommand):
    """Write a version of the scoring model as JSON, or make a draft of such a file.

    Example: manage.py scoring_model export 3 > model.json
             manage.py scoring_model import model.json --activate
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        export = deeds.add_parser("export", help="write a version as JSON")
        export.add_argument("version", type=int, metavar="VERSION")
        imported = deeds.add_parser("import", help="make a draft of a JSON file")
        imported.add_argument("file", metavar="FILE", help="a path, or - for stdin")
        imported.add_argument(
            "--activate", action="store_true", help="let it decide at once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["deed"] == "export":
            self._export(options["version"])
        else:
            self._import(options["file"], activates=options["activate"])

    def _export(self, version: int) -> None:
        model = ScoringModel.objects.filter(version=version).first()
        if model is None:
            raise CommandError(f"There is no version {version} of the scoring model.")
        document = documents.write(values.of_model(model))
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))

    def _import(self, path: str, *, activates: bool) -> None:
        try:
            said = documents.read(json_files.read(path))
        except FileError as error:
            raise CommandError(str(error)) from error
        except DocumentError as error:
            raise CommandError(f"{path}: {error}") from error
        now = timezone.now()
        source = _("from the file “{name}”").format(name=Path(path).name)
        model = versions.create(said=said, source=source, actor=None, now=now)
        if activates:
            lifecycle.activate(model=model, note=source, actor=None, now=now)
        state = "active" if activates else "a draft"
        self.stdout.write(f"Version {model.version}, “{model.name}”, is {state}.")
