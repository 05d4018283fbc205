"""Filters of leads that people keep under a name."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.querysets import SavedViewQuerySet


class SavedView(models.Model):
    """A filter of the board and the table: what their address asks for, with a name."""

    person = models.ForeignKey("leads.User", models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=60)
    # Known filters alone, in the order of the form: "source=webinar&grade=6".
    query = models.CharField(max_length=4000)
    is_shared = models.BooleanField(
        _("share it"),
        default=False,
        help_text=_("Everybody finds it in their list; only you can change it."),
    )

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "person", "name", name="one_saved_view_a_name_and_person"
            ),
            models.CheckConstraint(condition=~Q(query=""), name="a_saved_view_filters"),
        ]

    def __str__(self) -> str:
        return self.name
