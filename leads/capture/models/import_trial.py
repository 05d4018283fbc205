"""What would become of a file, before a person starts its import."""

from django.db import models

from leads.capture.models.file_import import FileImport
from leads.owed import Owed, OwedQuerySet, OwedState


class ImportTrial(Owed):
    """A trial of the whole file, of which nothing is kept but the counts.

    `uploads.trying` writes it; it goes when the import is started. The rows that would
    be refused are the draft's `refused_rows`.
    """

    file_import = models.OneToOneField(FileImport, models.CASCADE, related_name="trial")
    asked_at = models.DateTimeField()
    done_rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # So many rows speak of records of other rows that they were not tried together.
    is_rough = models.BooleanField(default=False)

    objects = OwedQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.file_import)

    @property
    def is_running(self) -> bool:
        return self.state == OwedState.DUE
