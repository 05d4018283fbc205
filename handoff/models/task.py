"""What a rep means to do for a lead, and by when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.choices import TaskKind
from handoff.models.handoff import Handoff
from handoff.querysets import TaskQuerySet
from leads.choices import Stage
from leads.models import Lead, User


class Task(models.Model):
    """One thing to do for a lead; written by `handoff.selling.follow_ups`."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="tasks", db_index=False)
    # The hand-off whose first follow-up this is; a second one is refused.
    handoff = models.OneToOneField(
        Handoff, models.SET_NULL, null=True, blank=True, related_name="first_follow_up"
    )
    # Who keeps it; while it is open, whoever has the lead (`follow_ups.follow_owners`).
    rep = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="tasks",
        db_index=False,
    )
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, choices=TaskKind)
    due_at = models.DateTimeField(_("due"))
    # The due time that the rep was told had come; another one is told anew.
    told_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    made_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    made_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    # Where its lead went when it left sales and the task fell with it. It stays when a
    # person takes the task up again, which then is no more closed for that.
    left_to = models.CharField(
        _("closed because the lead went to"), max_length=12, choices=Stage, blank=True
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=TaskKind.values), name="task_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(is_cancelled=False) | Q(ended_at__isnull=False),
                name="a_cancelled_task_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["lead", "due_at"], name="task_lead"),
            models.Index(
                fields=["due_at", "id"],
                name="task_open",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["-ended_at", "-id"],
                name="task_ended",
                condition=Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_first_follow_up(self) -> bool:
        return self.handoff_id is not None
