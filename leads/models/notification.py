"""What our own people are told, on which ways, and how they want it."""

from datetime import time

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.choices import MailTiming, NotificationChannel, NotificationKind
from leads.models.lead import Lead
from leads.models.user import User
from leads.owed import Owed, OwedQuerySet, OwedState


class Notification(models.Model):
    """One piece of news for one person; written by `leads.notifications.notify`.

    `event` names what happened: nobody is told twice of the same. `about` is the id of
    the row that it is about, for whoever is asked whether it still matters. Where there
    is a `wording`, `leads.news_words` makes title and lines when they are read, and the
    news leads to the lead.
    """

    # Found by the indexes below, which begin with the person.
    person = models.ForeignKey(
        User, models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=20, choices=NotificationKind)
    event = models.CharField(max_length=200)
    about = models.PositiveBigIntegerField(null=True, blank=True)
    wording = models.CharField(max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    lines = models.JSONField(default=list, blank=True)
    path = models.CharField(max_length=500, blank=True)
    # Goes with the lead, since the words name the person.
    lead = models.ForeignKey(
        Lead, models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "person", "event", name="a_person_is_told_once_of_an_event"
            )
        ]
        indexes = [
            models.Index(
                fields=["person", "-made_at", "-id"], name="notification_list"
            ),
            models.Index(
                fields=["person"],
                name="notification_unread",
                condition=Q(read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.path or reverse("leads:detail", args=[self.lead_id])


class NotificationDelivery(Owed):
    """News on its way by mail or chat; `leads.deliveries` sends it."""

    # Found by the constraint below.
    notification = models.ForeignKey(
        Notification, models.CASCADE, related_name="deliveries", db_index=False
    )
    channel = models.CharField(max_length=7, choices=NotificationChannel)
    # Goes out in one mail with whatever else waits for the same hour.
    is_digest = models.BooleanField(default=False)

    objects = OwedQuerySet["NotificationDelivery"].as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = _("notification deliveries")
        constraints = [
            models.UniqueConstraint(
                "notification", "channel", name="news_goes_once_on_each_way"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OwedState.values), name="delivery_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "not_before"], name="delivery_owed"),
        ]

    def __str__(self) -> str:
        return f"{self.notification}: {self.channel}"


class NotificationPreference(models.Model):
    """When a person wants to be left alone, and where their chat listens."""

    person = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="notification_preference"
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the daily mail"), default=8, validators=[MaxValueValidator(23)]
    )
    chat_url = models.CharField(_("address of the chat"), max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_have_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}"

    @property
    def quiet_hours(self) -> tuple[time, time] | None:
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return self.quiet_from, self.quiet_until


class NotificationChoice(models.Model):
    """How a person wants one kind of news; without a row it is as the kind's usual."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=NotificationKind)
    mail = models.CharField(_("mail"), max_length=7, choices=MailTiming)
    is_chatted = models.BooleanField(_("chat"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("person", "kind", name="one_choice_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind}"
