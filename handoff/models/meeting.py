"""Meetings with a lead, who is invited, and the mails that say so."""

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.choices import InvitationMethod
from handoff.models.handoff import Handoff
from handoff.querysets import InvitationQuerySet, MeetingQuerySet
from leads.choices import Outcome
from leads.models import Lead, User
from leads.owed import Owed, OwedState

LONGEST_MINUTES = 24 * 60


class Participant(models.Model):
    """Another person of the account whom sales took into the conversation."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="participants")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="conversations")
    added_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint("handoff", "lead", name="one_part_a_conversation")
        ]

    def __str__(self) -> str:
        return str(self.lead)


class Meeting(models.Model):
    """An appointment with a lead; written by `handoff.selling.meetings`.

    `sequence` rises with each change, as calendars know the latest invitation by it.
    """

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="meetings")
    host = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="meetings"
    )
    title = models.CharField(_("title"), max_length=200)
    starts_at = models.DateTimeField(_("starts"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        validators=[MinValueValidator(5), MaxValueValidator(LONGEST_MINUTES)],
    )
    time_zone = models.CharField(_("time zone"), max_length=64)
    place = models.CharField(_("place or link"), max_length=500, blank=True)
    words = models.TextField(_("what it is about"), max_length=2000, blank=True)
    uid = models.CharField(max_length=200, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=13, choices=Outcome, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="") | Q(cancelled_at__isnull=True),
                name="a_cancelled_meeting_has_no_outcome",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def invited(self) -> list["Guest"]:
        """Who is invited now; costs no query where the guests are loaded."""
        return [guest for guest in self.guests.all() if guest.is_invited]

    @property
    def is_ahead(self) -> bool:
        """Whether it can still be changed: neither cancelled nor told how it went."""
        return self.cancelled_at is None and not self.outcome


class Guest(models.Model):
    """Somebody invited to a meeting, and whoever was once and is no longer."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="guests")
    lead = models.ForeignKey(
        Lead, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=250, blank=True)
    email = models.EmailField()
    is_invited = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("meeting", "email", name="one_guest_an_address")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def latest_mail(self) -> "Invitation | None":
        """The last one that is or was owed to this guest."""
        mails = list(self.invitations.all())
        return mails[-1] if mails else None


class Invitation(Owed):
    """A mail with a calendar file to one guest; `invitations` sends it, never twice."""

    guest = models.ForeignKey(Guest, models.CASCADE, related_name="invitations")
    sequence = models.PositiveIntegerField()
    method = models.CharField(max_length=7, choices=InvitationMethod)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "guest", "sequence", "method", name="one_invitation_a_sequence"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OwedState.values),
                name="invitation_state_is_known",
            ),
        ]
        indexes = [models.Index(fields=["state", "not_before"], name="invitation_owed")]

    def __str__(self) -> str:
        return f"{self.guest}: {self.guest.meeting}"
