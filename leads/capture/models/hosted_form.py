"""Forms that strangers fill in, and what they sent."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.capture.hosted.choices import FORM_KINDS, Box, Control
from leads.choices import ActivityKind
from leads.models import Campaign, Lead, User
from leads.owed import Owed, OwedQuerySet, OwedState


class HostedForm(models.Model):
    """A public form; `leads.capture.hosted.building` writes it.

    It takes submissions while `published_at` is set and `archived_at` is not.
    """

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    # Goes with a plain HTML post from another site.
    key = models.CharField(max_length=32, editable=False)
    heading = models.CharField(_("heading"), max_length=200)
    introduction = models.TextField(_("introduction"), max_length=1000, blank=True)
    button = models.CharField(_("button"), max_length=60)
    kind = models.CharField(
        _("what it records"),
        max_length=30,
        choices=[(kind.value, kind.label) for kind in FORM_KINDS],
        default=ActivityKind.FORM_SUBMITTED,
    )
    source = models.CharField(_("source"), max_length=100, blank=True)
    campaign = models.ForeignKey(
        Campaign,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("campaign"),
        related_name="+",
    )
    consent_text = models.TextField(_("consent"), max_length=1000, blank=True)
    consent_version = models.PositiveIntegerField(default=0, editable=False)
    is_consent_required = models.BooleanField(_("cannot be sent without it"))
    is_double_opt_in = models.BooleanField(_("the address is confirmed by a mail"))
    thanks = models.TextField(_("thank-you text"), max_length=1000, blank=True)
    redirect_url = models.CharField(_("or go on to"), max_length=500, blank=True)
    # Origins such as https://www.acme.com: who may embed it, post to it, be gone on to.
    sites = models.JSONField(_("web sites"), default=list, blank=True)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        permissions = [("manage_forms", "Can build forms and see what they bring")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("forms:detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.published_at is not None and self.archived_at is None


class FormField(models.Model):
    """One question of a form. `name` is a field of leads, or `custom.KEY`."""

    form = models.ForeignKey(HostedForm, models.CASCADE, related_name="fields")
    name = models.CharField(max_length=60)
    label = models.CharField(_("question"), max_length=150)
    help_text = models.CharField(_("help"), max_length=300, blank=True)
    control = models.CharField(
        _("filled in by"), max_length=6, choices=Control, default=Control.LINE
    )
    choices = models.JSONField(_("choices"), default=list, blank=True)
    is_required = models.BooleanField(_("must be filled in"), default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint("form", "name", name="one_field_a_name"),
        ]

    def __str__(self) -> str:
        return self.label


class Submission(models.Model):
    """What somebody sent by a form; `leads.capture.hosted.receiving` writes it.

    `once_key` is made of what was sent, so that the same thing sent again is known.
    The consent is kept as it was worded, with its version.
    """

    form = models.ForeignKey(HostedForm, models.PROTECT, related_name="submissions")
    once_key = models.CharField(max_length=64, unique=True, editable=False)
    received_at = models.DateTimeField()
    box = models.CharField(max_length=7, choices=Box)
    spam_reasons = models.JSONField(default=list, blank=True)
    values = models.JSONField(default=dict)
    # Where from: page, referrer, utm_… and user_agent.
    properties = models.JSONField(default=dict, blank=True)
    consent_text = models.TextField(blank=True)
    consent_version = models.PositiveIntegerField(null=True, blank=True)
    visitor_key = models.CharField(max_length=40, blank=True)
    lead = models.ForeignKey(
        Lead,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="submissions",
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(box__in=Box.values), name="submission_box_is_known"
            ),
        ]
        indexes = [
            models.Index(
                "form", "box", F("received_at").desc(), F("id").desc(), name="form_box"
            ),
            models.Index(fields=["received_at"], name="submission_received"),
        ]

    def __str__(self) -> str:
        return f"{self.form}: {self.values.get('email', '')}"


class ConfirmationMail(Owed):
    """The mail that asks for a confirmation; `hosted.confirming` sends it.

    `handed_over_at` is written before the mail server gets it: a mail to a lead that
    was perhaps sent is not sent again by itself.
    """

    submission = models.OneToOneField(
        Submission, models.CASCADE, related_name="confirmation"
    )
    handed_over_at = models.DateTimeField(null=True, blank=True)

    objects = OwedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OwedState.values),
                name="confirmation_state_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "not_before"], name="confirmation_owed")
        ]

    def __str__(self) -> str:
        return str(self.submission)
