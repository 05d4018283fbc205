"""`manage.py demo`: the workspace with sample data, ready to try."""

import os
import socket
import sys
from argparse import ArgumentParser
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.test.utils import override_settings
from django.utils import timezone
from tqdm import tqdm

from config.demo import people, story
from leads.models import Lead

HOST = "127.0.0.1"
LEADS = 2_000
# Where there is no terminal, a line is printed at each of so many parts.
PARTS = 5
NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"


class Command(BaseCommand):
    """Make a workspace with sample data, where there is none yet, and serve it.

    Works with DEBUG=true only. Example: DEBUG=true manage.py demo --port 8080
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="delete everything and start afresh"
        )
        parser.add_argument(
            "--no-serve", action="store_true", help="make the sample data and stop"
        )
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--leads",
            type=int,
            default=LEADS,
            help=f"how many to make, usually {LEADS}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        port, serves = options["port"], not options["no_serve"]
        if not settings.DEBUG:
            raise CommandError("The demo runs only where DEBUG=true.")
        if serves and _is_taken(port):
            hint = f"manage.py demo --port {port + 1}"
            raise CommandError(f"Port {port} of {HOST} is taken; try {hint}")
        self._prepare(reset=options["reset"], lead_count=options["leads"])
        address = f"http://{HOST}:{port}"
        self._introduce(f"Baton is at {address} for" if serves else "Made for")
        if serves:
            self.stdout.flush()
            _serve(port)

    def _prepare(self, *, reset: bool, lead_count: int) -> None:
        call_command("migrate", verbosity=0)
        if reset:
            name = settings.DATABASES["default"]["NAME"]
            self.stdout.write(f"Deleting everything in the database {name}")
            call_command("flush", interactive=False, verbosity=0)
        call_command("setup", stdout=StringIO())
        if people.are_present():
            self.stdout.write("The sample data is there; --reset makes it afresh.")
        elif Lead.objects.exists():
            raise CommandError("This database holds leads of your own; use another.")
        else:
            self._make_sample_data(lead_count)

    def _make_sample_data(self, lead_count: int) -> None:
        until = timezone.now().replace(minute=0, second=0, microsecond=0)
        title = "Living through nine months of sample data"
        is_terminal = sys.stderr.isatty()
        with tqdm(desc=title, disable=not is_terminal, leave=False) as bar:

            def report(done: int, total: int) -> None:
                bar.total = total
                bar.update()
                if not is_terminal and done * PARTS % total < PARTS:
                    self.stdout.write(f"{title}: {100 * done // total} %")

            # With DEBUG Django keeps the text of each query: a third of the time. The
            # mails of the invented past reach nobody.
            with override_settings(DEBUG=False, EMAIL_BACKEND=NO_MAIL):
                story.tell(lead_count=lead_count, until=until, report=report)

    def _introduce(self, headline: str) -> None:
        emails = [person.email for person in people.SIGNING_IN]
        width = max(map(len, emails))
        lines = [f"\n{headline}:\n"]
        lines += [
            f"  {person.email:{width}}  {person.role.label}"
            for person in people.SIGNING_IN
        ]
        lines += [
            f"\nThe password of each is {people.PASSWORD}; Ctrl-C ends the server."
        ]
        self.stdout.write("\n".join(lines))


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _serve(port: int) -> None:
    """Become the server; does not return."""
    connections.close_all()
    os.environ["BIND"] = f"{HOST}:{port}"
    os.environ.setdefault("SITE_URL", f"http://{HOST}:{port}")
    os.chdir(settings.BASE_DIR)
    words = ["-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
    os.execv(sys.executable, [sys.executable, *words])  # noqa: S606
