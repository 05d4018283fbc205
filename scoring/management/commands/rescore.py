"""`manage.py rescore`: score leads anew."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from leads.models import Standing
from scoring import engagement, rescoring


class Command(BaseCommand):
    """Score leads anew and move those whose score asks for it.

    Without an option: the leads that are owed it.
    Example: manage.py rescore --lead 17 --lead 18
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--all", action="store_true", help="score every lead")
        which.add_argument("--lead", type=int, action="append", metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        if engagement.active_model() is None:
            raise CommandError(
                "No scoring model is active: run setup, or activate one."
            )
        now = timezone.now()
        if not options["all"] and not options["lead"]:
            scored = rescoring.rescore_stale(now=now)
        else:
            self._check(options["lead"] or [])
            scored = 0
            total = len(options["lead"] or []) or Standing.objects.count()
            with tqdm(total=total, unit="lead", disable=not sys.stderr.isatty()) as bar:
                chunks = rescoring.rescored_chunks(lead_ids=options["lead"], now=now)
                for count in chunks:
                    scored += count
                    bar.update(count)
        self.stdout.write(f"Scored {scored} leads.")

    def _check(self, lead_ids: list[int]) -> None:
        known = Standing.objects.filter(pk__in=lead_ids).values_list("pk", flat=True)
        missing = sorted({*lead_ids} - {*known})
        if missing:
            raise CommandError(f"--lead {missing[0]}: there is no such lead.")
