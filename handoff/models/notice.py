"""What our own people are told about a hand-off."""

from django.db import models
from django.db.models import Q

from handoff.choices import NoticeKind
from handoff.models.handoff import Handoff
from handoff.querysets import NoticeQuerySet
from leads.models import User
from leads.owed import Owed, OwedState


class Notice(Owed):
    """A mail to one of our own people about a hand-off; `handoff.notices` sends it."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="notices")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(
        max_length=8, choices=NoticeKind, default=NoticeKind.ASSIGNED
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "handoff", "person", "kind", name="one_notice_a_person_and_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OwedState.values), name="notice_state_is_known"
            ),
        ]
        indexes = [models.Index(fields=["state", "not_before"], name="notice_owed")]

    def __str__(self) -> str:
        return f"{self.person}: {self.handoff.lead}"
