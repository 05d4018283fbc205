"""Programmes: what happens to leads step by step."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.models import Lead, User
from leads.nurture.choices import Entered, Left, MuteLevel, StepKind, StepOutcome
from leads.nurture.models.mail import MailTemplate
from leads.nurture.models.segment import Segment

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


class Programme(models.Model):
    """A way that leads go; `programmes.building` writes it.

    It runs while `started_at` is set and `paused_at` and `archived_at` are not.
    """

    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=200, editable=False, unique=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    segment = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("leads enter from"),
        related_name="programmes",
    )
    rejection_reason = models.CharField(
        _("or when sales rejects them for"), max_length=100, blank=True
    )
    goal = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("the goal is to be in"),
        related_name="+",
    )
    is_sales_assist = models.BooleanField(_("sales assist"), default=False)
    exits_on_stage = models.BooleanField(
        _("ends when the lead changes its stage"), default=True
    )
    exits_on_reply = models.BooleanField(_("ends when the lead answers"), default=True)
    reentry_days = models.PositiveSmallIntegerField(
        _("may enter again after days"), null=True, blank=True
    )
    from_hour = models.PositiveSmallIntegerField(
        _("mails from hour"), default=8, validators=[MaxValueValidator(23)]
    )
    to_hour = models.PositiveSmallIntegerField(
        _("to hour"),
        default=18,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
    )
    on_weekdays = models.BooleanField(_("on working days only"), default=True)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    # When it was last looked for leads that enter or leave.
    looked_at = models.DateTimeField(null=True, blank=True)
    # Since when its whole segment is to enter, who asked, and how many there were.
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("programmes:detail", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return (
            self.started_at is not None
            and self.paused_at is None
            and self.archived_at is None
        )


class Step(models.Model):
    """One step; which of its columns say something depends on `kind`."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("what it does"), max_length=9, choices=StepKind)
    template = models.ForeignKey(
        MailTemplate,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("mail"),
        related_name="steps",
    )
    days = models.PositiveSmallIntegerField(_("days"), null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), null=True, blank=True, choices=WEEKDAYS
    )
    hour = models.PositiveSmallIntegerField(
        _("hour"), null=True, blank=True, validators=[MaxValueValidator(23)]
    )
    words = models.CharField(_("words"), max_length=200, blank=True)
    conditions = models.JSONField(default=dict, blank=True)
    # Where a branch leads whose conditions do not hold; None ends the programme.
    otherwise = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=StepKind.values), name="step_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.kind}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Named questions about enrolments."""

    def active(self) -> "EnrolmentQuerySet":
        return self.filter(ended_at=None)

    def due(self, *, now: object) -> "EnrolmentQuerySet":
        """Those of running programmes whose next step may be done."""
        return self.active().filter(
            next_at__lte=now,
            programme__started_at__isnull=False,
            programme__paused_at=None,
            programme__archived_at=None,
        )


class Enrolment(models.Model):
    """One lead on its way; `programmes.running` and `programmes.entering` write it.

    `step` is what comes next, at `next_at`; once it has ended, where it left.
    """

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="enrolments", db_index=False
    )
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="enrolments")
    run = models.PositiveSmallIntegerField(default=1)
    how = models.CharField(max_length=9, choices=Entered)
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField()
    step = models.ForeignKey(
        Step, models.SET_NULL, null=True, blank=True, related_name="enrolments"
    )
    next_at = models.DateTimeField(null=True, blank=True)
    # Why the next step waits, where it is not its own time.
    waits_for = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=12, choices=Left, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "programme", "lead", "run", name="one_run_of_a_programme_a_lead"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="enrolment_due",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["programme", "-entered_at", "-id"], name="enrolment_latest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.lead_id}"


class StepDone(models.Model):
    """That a lead came through a step; append-only, written by `programmes.running`."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="steps_done")
    step = models.ForeignKey(Step, models.CASCADE, related_name="done")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=9, choices=StepOutcome)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.outcome}"


class NurtureSettings(models.Model):
    """One row: what holds for all programmes; `programmes.limits` writes it."""

    mute = models.CharField(
        _("while sales works with a lead, it is spared"),
        max_length=11,
        choices=MuteLevel,
        default=MuteLevel.ALL,
    )
    most_mails = models.PositiveSmallIntegerField(
        _("mails at most"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    in_days = models.PositiveSmallIntegerField(
        _("in days"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )

    class Meta:
        verbose_name_plural = _("nurture settings")

    def __str__(self) -> str:
        return self.mute
