"""`manage.py benchmark`: how fast the workspace is on this machine."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from config.benchmarking import scratch_database, start_afresh

# Each fills the empty tables that it gets, and returns its figures.
BENCHMARKS = {
    "rescore": "scoring.benchmarks.rescore.run",
    "sla": "handoff.benchmarks.sla.run",
    "board": "leads.nurture.benchmarks.board.run",
    "queue": "handoff.benchmarks.queue.run",
    "routing": "handoff.benchmarks.routing.run",
    "import": "leads.capture.benchmarks.files.run",
    "ingest": "leads.capture.benchmarks.ingest.run",
    "enrolling": "leads.nurture.benchmarks.enrolling.run",
    "mails": "leads.nurture.benchmarks.mails.run",
    "reports": "reports.benchmarks.pages.run",
}
SIZES = ("leads", "activities", "rules", "workers", "reps", "rows", "changes")


class Command(BaseCommand):
    """Measure on made-up data in a database of its own, which is dropped at the end.

    Ratios are within one run, so they hold on any machine. The server must allow to
    create a database. Example: manage.py benchmark --only rescore --leads 50000
    --activities 500000 --json
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=BENCHMARKS, action="append")
        parser.add_argument("--leads", type=int, default=10_000)
        parser.add_argument("--activities", type=int, default=100_000)
        parser.add_argument("--rules", type=int, default=20, help="12 or more")
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--reps", type=int, default=20)
        parser.add_argument("--rows", type=int, default=20_000, help="of a file")
        parser.add_argument("--changes", type=int, default=5_000, help="of stages")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        sizes = {name: options[name] for name in SIZES}
        if min(sizes.values()) < 1 or sizes["rules"] < 12:
            raise CommandError("Sizes are 1 or more, and there are 12 rules or more.")
        figures = {}
        with scratch_database():
            for name in options["only"] or BENCHMARKS:
                if sys.stderr.isatty():
                    self.stderr.write(f"{name}…")
                start_afresh()
                figures[name] = import_string(BENCHMARKS[name])(**sizes)
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        for name, measured in figures.items():
            self.stdout.write(name)
            for figure, value in measured.items():
                self.stdout.write(f"  {figure:24}{value:>14,}")
