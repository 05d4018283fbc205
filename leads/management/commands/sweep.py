"""`manage.py sweep`: do what is owed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from leads import clock, sweeping


class Command(BaseCommand):
    """Do every duty that the rows say is owed, once. Example: manage.py sweep"""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", help="the instant to work at, ISO 8601")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            now = clock.instant(options["now"])
        except ValueError as error:
            raise CommandError(f"--now: {error}") from error
        sweeping.do_duties(now=now)
