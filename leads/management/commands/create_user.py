"""`manage.py create_user`: make a person who signs in."""

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from leads import roles
from leads.choices import Role
from leads.models import User
from leads.models.user import validate_time_zone


class Command(BaseCommand):
    """Make a person who signs in; asks for the password.

    Example: manage.py create_user ana@example.com --role rep --name "Ana Silva"
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", default="")
        parser.add_argument(
            "--time-zone",
            default="",
            metavar="ZONE",
            help="such as Europe/Berlin; the workspace's when not given",
        )
        parser.add_argument("--password", help="asked for when not given")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().casefold()
        password, time_zone = options["password"], options["time_zone"]
        try:
            validate_email(email)
            if time_zone:
                validate_time_zone(time_zone)
            if password is None:
                password = getpass("Password: ")
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if User.objects.filter(email=email).exists():
            raise CommandError(f"{email} signs in already.")
        role = Role(options["role"])
        roles.create_user(
            email=email,
            name=options["name"],
            role=role,
            password=password,
            time_zone=time_zone,
        )
        self.stdout.write(f"{email} may sign in as {role.label.lower()}.")
