"""`manage.py read_bounces`: take in a mailbox of bounces, complaints and answers."""

import mailbox
from argparse import ArgumentParser
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads.nurture.choices import Returned
from leads.nurture.mail import bounces


class Command(BaseCommand):
    """Take in a mailbox file (mbox) or a Maildir of what came back.

    Bounces and complaints put addresses on the list of those that get no mail, answers
    go to the lead's timeline; what is not about a mail of ours is counted and left.
    The mailbox is not changed, and reading it again changes nothing.
    Example: manage.py read_bounces /var/mail/bounces
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the mailbox: a file or a Maildir")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is no mailbox {path}")
        box: mailbox.Mailbox[Any] = (
            mailbox.Maildir(path, create=False)
            if path.is_dir()
            else mailbox.mbox(path, create=False)
        )
        try:
            with closing(box):
                letters = map(box.get_bytes, box.iterkeys())
                counts = Counter(
                    bounces.take_in_all(letters=letters, now=timezone.now())
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        for kind in Returned:
            self.stdout.write(f"{kind.label}: {counts[kind]}")
