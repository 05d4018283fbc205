"""Mails to leads, and addresses that get none."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.models import Lead, User
from leads.nurture.choices import MailFate, SuppressionWhy
from leads.owed import Owed, OwedQuerySet, OwedState


class MailTemplate(models.Model):
    """What a mail says, with fields to fill in; `mail.drafting` writes it."""

    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=200, editable=False, unique=True)
    subject = models.CharField(_("subject"), max_length=200)
    preheader = models.CharField(_("preheader"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=20_000)
    is_promotional = models.BooleanField(_("promotional"), default=True)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("mail:template", args=[self.pk])


class MailWords(models.Model):
    """What a template said when it was sent; append-only, by `mail.drafting`."""

    template = models.ForeignKey(
        MailTemplate, models.CASCADE, related_name="sent_words", db_index=False
    )
    digest = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    preheader = models.CharField(max_length=200, blank=True)
    body = models.TextField(max_length=20_000)
    first_sent_at = models.DateTimeField()

    class Meta:
        ordering = ["template", "first_sent_at", "pk"]
        verbose_name_plural = _("mail words")
        constraints = [
            models.UniqueConstraint(
                "template", "digest", name="mail_words_are_kept_once"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class MailQuerySet(OwedQuerySet["Mail"]):
    """Named questions about mails."""

    def of_fate(self, fate: MailFate) -> "MailQuerySet":
        """Those of which this became, or nothing yet."""
        in_doubt = Q(state=OwedState.STUCK, is_in_doubt=True)
        match fate:
            case MailFate.PLANNED:
                return self.filter(state=OwedState.DUE)
            case MailFate.SENT:
                return self.filter(state=OwedState.DONE)
            case MailFate.NOT_SENT:
                return self.filter(state=OwedState.CANCELLED)
            case MailFate.IN_DOUBT:
                return self.filter(in_doubt)
        return self.filter(state=OwedState.STUCK, is_in_doubt=False)

    def with_names(self) -> "MailQuerySet":
        """Load what a row of the outbox prints."""
        return self.select_related(
            "lead__account", "template", "tester", "words", "step__programme"
        )


class Mail(Owed):
    """One mail to one lead; `mail.sending` writes it.

    `handed_over_at` is committed before the mail server gets it: what was perhaps sent
    is not sent again by itself. `once` is empty but for tests, so a lead gets a
    template once, from whichever programme. A test goes to `tester`.
    """

    WAITS = (
        timedelta(minutes=1),
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(hours=6),
    )

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="mails")
    template = models.ForeignKey(MailTemplate, models.PROTECT, related_name="mails")
    once = models.CharField(max_length=36, blank=True, editable=False)
    tester = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="+"
    )
    # Which programme asked for it; none where a person did.
    step = models.ForeignKey(
        "nurture.Step", models.SET_NULL, null=True, blank=True, related_name="mails"
    )
    # What it said and whom it named when it was handed over; none before.
    words = models.ForeignKey(
        MailWords, models.PROTECT, null=True, blank=True, related_name="mails"
    )
    filled = models.JSONField(default=dict, blank=True)
    # Where it went when it was handed over, as typed and folded; none before.
    sent_to = models.CharField(max_length=254, blank=True)
    sent_to_key = models.CharField(max_length=254, blank=True, editable=False)
    created_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True, blank=True)
    is_in_doubt = models.BooleanField(default=False)
    # The first time that a person did it, as far as is known.
    opened_at = models.DateTimeField(null=True, blank=True)
    clicked_at = models.DateTimeField(null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "lead", "template", "once", name="one_mail_a_lead_and_template"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OwedState.values), name="mail_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "not_before"], name="mail_owed"),
            models.Index(F("created_at").desc(), F("id").desc(), name="mail_latest"),
            models.Index(fields=["lead", "handed_over_at"], name="mail_of_lead"),
            models.Index(
                fields=["sent_to_key", "-handed_over_at"],
                name="mail_sent_to",
                condition=~Q(sent_to_key=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id}: {self.lead_id}"

    @property
    def fate(self) -> MailFate:
        """What became of it."""
        if self.state == OwedState.STUCK and self.is_in_doubt:
            return MailFate.IN_DOUBT
        return {
            OwedState.DUE: MailFate.PLANNED,
            OwedState.DONE: MailFate.SENT,
            OwedState.CANCELLED: MailFate.NOT_SENT,
        }.get(OwedState(self.state), MailFate.FAILED)

    @property
    def said(self) -> MailTemplate | MailWords:
        """What it says: as it was sent, or else as its template says today."""
        return self.words or self.template

    @property
    def address(self) -> str:
        """Where it went, or while it waits where it would go."""
        if self.sent_to and self.state != OwedState.DUE:
            return self.sent_to
        return self.tester.email if self.tester else self.lead.email


class Suppression(models.Model):
    """An address that gets no mail; `mail.suppressing` writes it."""

    email_key = models.CharField(_("e-mail"), max_length=254, unique=True)
    why = models.CharField(_("why"), max_length=10, choices=SuppressionWhy)
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField(_("since"))
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(why__in=SuppressionWhy.values),
                name="suppression_why_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.email_key
