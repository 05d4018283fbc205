"""Who changed how sales works."""

from django.db import models

from handoff.choices import SettingKind
from leads.models import User


class SettingChange(models.Model):
    """One change of what is promised, of hours, of a rep's share or of a reason.

    Append-only, written by `handoff.setting_changes`. `changes` holds [what, before,
    after] in the words of the day.
    """

    kind = models.CharField(max_length=8, choices=SettingKind)
    subject = models.CharField(max_length=200)
    changes = models.JSONField(default=list)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["kind", "-at"], name="setting_changes")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=SettingKind.values),
                name="setting_kind_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"
