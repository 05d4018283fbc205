"""Files that people brought, and the rows of them that were refused."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.capture.sparing import Known
from leads.models import User
from leads.owed import Owed, OwedQuerySet, OwedState


class ImportKind(models.TextChoices):
    """What the rows of a file are; `settings.IMPORT_KINDS` says who takes them."""

    LEADS = "leads", _("Leads")
    ACTIVITIES = "activities", _("Activities")
    DEALS = "deals", _("Deals")


class FileImportQuerySet(OwedQuerySet["FileImport"]):
    """Owed from when a person starts it; before, it is a draft."""

    def _free(self, *, now):  # type: ignore[no-untyped-def]
        return super()._free(now=now).filter(started_at__isnull=False)


class FileImport(Owed):
    """A file and how far it is taken in; `uploads` writes it.

    `done_rows` moves in the transaction that writes the rows, so that a worker that
    died goes on at the next one. `fields_by_column` has "" for a column left out.
    """

    kind = models.CharField(max_length=10, choices=ImportKind)
    name = models.CharField(max_length=200)
    # SHA-256 of what was uploaded, or of that and the sheet, in hexadecimal.
    digest = models.CharField(max_length=64)
    # The name that we gave the file in `settings.IMPORTS_DIR`; empty once deleted.
    stored_as = models.CharField(max_length=64, blank=True)
    # Of a workbook with several sheets: their names, and the one that is read.
    sheets = models.JSONField(default=list)
    sheet = models.CharField(max_length=200, blank=True)
    columns = models.JSONField(default=list)
    fields_by_column = models.JSONField(default=dict)
    fixed = models.JSONField(default=dict)
    known = models.CharField(max_length=6, choices=Known, default=Known.UPDATE)
    row_count = models.PositiveIntegerField()
    done_rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    # When a worker first took it, to say how fast it is.
    began_at = models.DateTimeField(null=True, blank=True)
    # What it made was taken out again; the file may come once more.
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = FileImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "digest",
                "kind",
                condition=Q(
                    state__in=[OwedState.DUE, OwedState.DONE], undone_at__isnull=True
                ),
                name="one_import_of_a_file",
            )
        ]
        indexes = [models.Index(fields=["-uploaded_at", "-id"], name="import_latest")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("imports:detail", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == OwedState.DUE and self.started_at is None

    @property
    def is_running(self) -> bool:
        return self.state == OwedState.DUE and self.started_at is not None


class RefusedRow(models.Model):
    """A row that was not taken: its line, the column at fault, why, and its cells."""

    file_import = models.ForeignKey(
        FileImport, models.CASCADE, related_name="refused_rows"
    )
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=1000, blank=True)
    reason = models.TextField()
    cells = models.JSONField()

    class Meta:
        ordering = ["line", "pk"]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"
