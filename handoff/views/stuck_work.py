"""Work beside messages that the workers gave up on, whatever sort it is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from handoff.models import Invitation
from handoff.selling import invitations
from leads import webhooks
from leads.capture.hosted import confirming
from leads.capture.models import (
    ConfirmationMail,
    FileImport,
    ImportTrial,
    ImportUndo,
)
from leads.capture.uploads import running, undoing
from leads.models import WebhookDelivery
from leads.nurture.bulk import running as bulk
from leads.nurture.mail import sending
from leads.nurture.models import BulkDeed, Mail
from leads.owed import Owed, OwedState
from reports import digests
from reports.models import Digest, Export

SHOWN = 100


@dataclass(frozen=True)
class Sort:
    """One sort of owed rows: its name, its rows' pages, and how one runs again.

    related: what a row of the page prints beside the row itself.
    """

    model: type[Owed]
    related: str
    label: str | Promise
    page_of: Callable[[Any], str]
    run_again: Callable[[Any, datetime], object]


SORTS = {
    "import": Sort(
        FileImport,
        "uploaded_by",
        _("Import"),
        lambda row: row.get_absolute_url(),
        lambda row, now: running.run_again(file_import=row, now=now),
    ),
    "trial": Sort(
        ImportTrial,
        "file_import",
        _("Trial of an import"),
        lambda row: row.file_import.get_absolute_url(),
        lambda row, now: ImportTrial.objects.filter(pk=row.pk).run_again(now=now),
    ),
    "undo": Sort(
        ImportUndo,
        "file_import",
        _("Undoing an import"),
        lambda row: row.file_import.get_absolute_url(),
        lambda row, now: undoing.run_again(file_import=row.file_import, now=now),
    ),
    "confirmation": Sort(
        ConfirmationMail,
        "submission__form",
        _("Mail that asks for a confirmation"),
        lambda row: row.submission.form.get_absolute_url(),
        lambda row, now: confirming.send_again(submission=row.submission, now=now),
    ),
    "webhook": Sort(
        WebhookDelivery,
        "endpoint",
        _("Message to another system"),
        lambda row: row.endpoint.get_absolute_url(),
        lambda row, now: webhooks.send_again(delivery=row, now=now),
    ),
    "mail": Sort(
        Mail,
        "lead__account",
        _("Mail to a lead"),
        lambda row: reverse("leads:detail", args=[row.lead_id]),
        lambda row, now: sending.send_again(mail=row, now=now),
    ),
    "bulk": Sort(
        BulkDeed,
        "asked_by",
        _("Something done to many leads"),
        lambda row: row.get_absolute_url(),
        lambda row, now: bulk.run_again(deed=row, now=now),
    ),
    "export": Sort(
        Export,
        "asked_by",
        _("File of a report"),
        lambda row: "",
        lambda row, now: Export.objects.filter(pk=row.pk).run_again(now=now),
    ),
    "digest": Sort(
        Digest,
        "person",
        _("Weekly mail"),
        lambda row: "",
        lambda row, now: digests.send_again(digest=row, now=now),
    ),
    "invitation": Sort(
        Invitation,
        "guest__meeting__lead",
        _("Invitation to a meeting"),
        lambda row: "",
        lambda row, now: invitations.send_again(meeting=row.guest.meeting, now=now),
    ),
}


@dataclass(frozen=True)
class Stuck:
    """One row for the page."""

    sort: str
    label: str | Promise
    row: Owed
    page: str


def stuck() -> list[Stuck]:
    """The latest of each sort, the sorts in the order of `SORTS`."""
    return [
        Stuck(name, sort.label, row, sort.page_of(row))
        for name, sort in SORTS.items()
        for row in _rows(sort)
    ]


def _rows(sort: Sort) -> Iterable[Owed]:
    rows = sort.model._default_manager.select_related(sort.related)
    return rows.filter(state=OwedState.STUCK).order_by("-ended_at", "-pk")[:SHOWN]
