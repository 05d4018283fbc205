"""`manage.py setup`: what a workspace needs before its first lead."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string


class Command(BaseCommand):
    """Make roles, the first scoring model and the rejection reasons, where missing.

    Run it after `migrate`; again changes nothing. Example: manage.py setup
    """

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        for name in settings.SETUP:
            import_string(name)()
        self.stdout.write("The workspace is set up.")
