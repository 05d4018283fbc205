"""`manage.py erase_lead`: erase one person for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads import erasing
from leads.management.naming import lead_named


class Command(BaseCommand):
    """Erase everything that tells who a lead is; the counts in reports stay.

    Asks before it does. Example: manage.py erase_lead 17
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("lead", type=int, metavar="ID")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        lead = lead_named(lead_id=options["lead"])
        if not options["yes"]:
            answer = input(f"Erase lead #{lead.pk} for good? Write {lead.pk}: ")
            if answer.strip() != str(lead.pk):
                raise CommandError("Nothing was erased.")
        made = erasing.erase(lead=lead, actor=None, now=timezone.now())
        rows = sum(made.reached.values())
        self.stdout.write(f"Lead #{lead.pk} is erased; {rows} rows were cleared.")
