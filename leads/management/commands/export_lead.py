"""`manage.py export_lead`: everything that is held about one lead."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from leads import exporting
from leads.management.naming import lead_named


class Command(BaseCommand):
    """Print everything that is held about one lead as JSON.

    Example: manage.py export_lead 17 > lead-17.json
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("lead", type=int, metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        lead = lead_named(lead_id=options["lead"])
        held = exporting.export(lead=lead, now=timezone.now())
        text = json.dumps(held, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
        self.stdout.write(text)
