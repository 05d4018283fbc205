"""What an import made, and taking it out again."""

from django.db import models
from django.db.models import Q

from leads.capture.choices import What
from leads.capture.models.file_import import FileImport
from leads.choices import KeptWhy
from leads.models import User
from leads.owed import Owed, OwedQuerySet


class ImportedRecord(models.Model):
    """One record that an import made; `uploads.running` writes it with the record.

    `kept_why` says, once the import is undone, why the record stays; the row of a
    record that was removed goes with it.
    """

    file_import = models.ForeignKey(
        FileImport, models.CASCADE, related_name="made", db_index=False
    )
    what = models.CharField(max_length=8, choices=What)
    record_id = models.BigIntegerField()
    # Of a lead: what it was when the import had written it.
    fingerprint = models.CharField(max_length=16, blank=True)
    kept_why = models.CharField(max_length=7, choices=KeptWhy, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "file_import", "what", "record_id", name="one_trace_a_record"
            )
        ]
        indexes = [
            models.Index(
                fields=["file_import", "-what", "record_id"],
                name="import_not_undone",
                condition=Q(kept_why=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.record_id}"


class ImportUndo(Owed):
    """The wish to take out what an import made; `uploads.undoing` writes it."""

    file_import = models.OneToOneField(FileImport, models.CASCADE, related_name="undo")
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    removed = models.PositiveIntegerField(default=0)

    objects = OwedQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.file_import)
