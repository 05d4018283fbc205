"""The command that carries releases from one workspace to another."""

import json
from abc import ABC, abstractmethod
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from leads import json_files
from leads.json_files import FileError
from leads.json_nodes import DocumentError

# Beyond it the databases have no such number.
MOST_VERSIONS = 2**31


class ReleaseCommand(BaseCommand, ABC):
    """Write a version as JSON, or make a draft of such a file.

    A command says what `thing` it carries, and does the two deeds.
    """

    thing: str

    @abstractmethod
    def written(self, version: int) -> dict[str, Any] | None:
        """The document of a version; None where there is no such version."""

    @abstractmethod
    def taken(self, document: Any, *, source: str, activates: bool) -> tuple[int, str]:
        """Make the version of a parsed file; its number and name.

        Raises:
            DocumentError: it says something that no version can say.
        """

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
        document = self.written(version) if version < MOST_VERSIONS else None
        if document is None:
            raise CommandError(f"There is no version {version} of the {self.thing}.")
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))

    def _import(self, path: str, *, activates: bool) -> None:
        source = _("from the file “{name}”").format(name=Path(path).name)[:200]
        try:
            document = json_files.read(path)
            version, name = self.taken(document, source=source, activates=activates)
        except FileError as error:
            raise CommandError(str(error)) from error
        except DocumentError as error:
            raise CommandError(f"{path}: {error}") from error
        state = "active" if activates else "a draft"
        self.stdout.write(f"Version {version}, “{name}”, is {state}.")
