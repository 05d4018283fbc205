"""Who looked at the pages of our sites, before it is known who they are."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models import Lead


class Visitor(models.Model):
    """A browser, by the id that it made up; `lead` once somebody said who they are."""

    key = models.CharField(max_length=40, unique=True)
    lead = models.ForeignKey(
        Lead, models.CASCADE, null=True, blank=True, related_name="visitors"
    )
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["last_seen_at"], name="visitor_seen")]

    def __str__(self) -> str:
        return self.key[:8]


class Visit(models.Model):
    """A page view of a visitor whom nobody knows yet; it becomes an activity."""

    visitor = models.ForeignKey(Visitor, models.CASCADE, related_name="visits")
    view_key = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    url = models.CharField(_("address"), max_length=2000)
    title = models.CharField(_("title"), max_length=500, blank=True)
    properties = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["occurred_at", "pk"]
        constraints = [
            models.UniqueConstraint("visitor", "view_key", name="one_visit_a_view")
        ]

    def __str__(self) -> str:
        return f"{self.visitor}: {self.url}"
