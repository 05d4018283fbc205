"""`manage.py create_api_key`: make a key for the API."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads.capture import keys
from leads.capture.choices import Scope
from leads.models import User


class Command(BaseCommand):
    """Make a key for the API and print it; it is not shown again.

    The key acts with the rights of the person, within its scopes. Example:
    manage.py create_api_key Website --user mia@example.com --scope activities:write
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what the key is for")
        parser.add_argument("--user", required=True, metavar="EMAIL")
        parser.add_argument(
            "--scope",
            required=True,
            action="append",
            choices=Scope.values,
            metavar="SCOPE",
            help=f"once or more: {', '.join(Scope.values)}",
        )
        parser.add_argument(
            "--source-system",
            default="",
            metavar="NAME",
            help="of records that name none themselves",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name, source_system = options["name"].strip(), options["source_system"]
        if not name or len(name) > 100 or len(source_system) > 50:
            raise CommandError(
                "NAME has 1 to 100 characters and --source-system 50 at most."
            )
        email = options["user"].strip().casefold()
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {email}.")
        _key, secret = keys.create(
            name=name,
            user=user,
            scopes=[Scope(scope) for scope in dict.fromkeys(options["scope"])],
            source_system=source_system,
            actor=None,
            now=timezone.now(),
        )
        self.stdout.write(secret)
