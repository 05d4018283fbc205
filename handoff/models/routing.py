"""Whose turn it is to be given a lead, whom a rep serves, and who is away."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leads.models import Rep, User


class Seat(models.Model):
    """A rep's place on the sales floor: the turns so far, and whom the rep serves.

    The lists hold words as typed, compared folded; an empty one serves everybody.
    """

    rep = models.OneToOneField(Rep, models.CASCADE, related_name="seat")
    assigned = models.PositiveIntegerField(default=0)
    last_assigned_at = models.DateTimeField(null=True, blank=True)
    capacity_per_day = models.PositiveIntegerField(
        _("new leads a day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    countries = models.JSONField(_("countries"), default=list, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    industries = models.JSONField(_("industries"), default=list, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.rep}: {self.assigned}"


class Absence(models.Model):
    """A time in which a rep is given no new lead."""

    rep = models.ForeignKey(Rep, models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    # Else whoever returns goes on level with the colleagues, without a flood.
    catches_up = models.BooleanField(_("catches up afterwards"), default=False)
    made_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="an_absence_ends_after_its_start",
            )
        ]
        indexes = [models.Index(fields=["ends_at"], name="absence_end")]

    def __str__(self) -> str:
        return f"{self.rep}: {self.starts_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"
