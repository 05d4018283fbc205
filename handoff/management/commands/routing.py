"""`manage.py routing`: carry a routing plan from one workspace to another."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from handoff.models import RoutingPlan
from handoff.routing.plans import documents, lifecycle, values, versions
from leads import json_files
from leads.json_files import FileError
from leads.json_nodes import DocumentError


class Command(BaseCommand):
    """Write a version of the routing plan as JSON, or make a draft of such a file.

    Example: manage.py routing export 3 > plan.json
             manage.py routing import plan.json --activate
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
        plans = RoutingPlan.objects.select_related("default_team")
        # Beyond it the databases have no such number.
        plan = plans.filter(version=version).first() if version < 2**31 else None
        if plan is None:
            raise CommandError(f"There is no version {version} of the routing plan.")
        document = documents.write(values.of_plan(plan))
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
        plan = versions.create(said=said, source=source[:200], actor=None, now=now)
        if activates:
            lifecycle.activate(plan=plan, note=source, actor=None, now=now)
        state = "active" if activates else "a draft"
        self.stdout.write(f"Version {plan.version}, “{plan.name}”, is {state}.")
