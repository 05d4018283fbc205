"""Whose turn it is to be given a lead."""

from django.db import models

from leads.models import Rep


class Seat(models.Model):
    """A rep's place in the weighted round robin of a team."""

    rep = models.OneToOneField(Rep, models.CASCADE, related_name="seat")
    assigned = models.PositiveIntegerField(default=0)
    last_assigned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.rep}: {self.assigned}"
