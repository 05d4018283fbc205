"""When sales works, and what it promises."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from handoff.choices import (
    Blame,
    ClockKind,
    ClockOutcome,
    OnExpiry,
    PauseKind,
    Priority,
)
from handoff.models.handoff import Handoff
from handoff.querysets import ClockQuerySet
from leads.models import Rep, Team, User
from leads.models.user import validate_time_zone

LAST_MINUTE = 1440  # 24:00


class WorkingCalendar(models.Model):
    """Weekly hours, public holidays and other days; `handoff.sla.calendars` writes it.

    `version` rises with every change that could move a due time.
    """

    name = models.CharField(
        _("name"),
        max_length=100,
        unique=True,
        error_messages={"unique": _("Another calendar has this name.")},
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        validators=[validate_time_zone],
        help_text=_("IANA name such as Europe/Berlin."),
    )
    country = models.CharField(_("public holidays of"), max_length=2, blank=True)
    subdivision = models.CharField(_("part of the country"), max_length=20, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["name"]
        permissions = [
            ("manage_service_levels", "Can set working hours and service levels"),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarShift(models.Model):
    """Hours of one weekday (0 is Monday), in minutes from midnight."""

    calendar = models.ForeignKey(
        WorkingCalendar, models.CASCADE, related_name="shifts", db_index=False
    )
    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])
    starts_minute = models.PositiveSmallIntegerField()
    ends_minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "starts_minute"]
        constraints = [
            models.UniqueConstraint(
                "calendar", "weekday", "starts_minute", name="one_shift_a_start"
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, ends_minute__lte=LAST_MINUTE)
                & Q(ends_minute__gt=F("starts_minute")),
                name="a_shift_ends_on_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.starts_minute}–{self.ends_minute}"


class CalendarDay(models.Model):
    """A date that differs, such as a company holiday: closed, or with other hours."""

    calendar = models.ForeignKey(
        WorkingCalendar, models.CASCADE, related_name="days", db_index=False
    )
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=100)
    hours = models.JSONField(_("hours"), default=list, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint("calendar", "day", name="one_calendar_day")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.name}"


class CalendarUse(models.Model):
    """Whose hours a calendar holds: those of a team, or of one rep in place of them."""

    calendar = models.ForeignKey(WorkingCalendar, models.PROTECT, related_name="uses")
    team = models.OneToOneField(
        Team, models.CASCADE, null=True, blank=True, related_name="calendar_use"
    )
    rep = models.OneToOneField(
        Rep, models.CASCADE, null=True, blank=True, related_name="calendar_use"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=True, rep__isnull=False)
                | Q(team__isnull=False, rep__isnull=True),
                name="a_calendar_is_of_a_team_or_a_rep",
            )
        ]

    def __str__(self) -> str:
        return f"{self.team or self.rep}: {self.calendar}"


class ServiceLevel(models.Model):
    """What a team promises for one priority; without a team, what all others promise.

    All times are working minutes. It holds for the hand-offs to come: what was promised
    for one stands in its clocks.
    """

    team = models.ForeignKey(
        Team,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="service_levels",
        db_index=False,
    )
    priority = models.CharField(
        _("priority"), max_length=6, choices=Priority, default=Priority.NORMAL
    )
    decide_minutes = models.PositiveIntegerField(_("decide within"))
    follow_up_minutes = models.PositiveIntegerField(_("first follow-up within"))
    warn_percent = models.PositiveSmallIntegerField(_("warn after"), default=75)
    escalate_minutes = models.PositiveIntegerField(_("tell managers after"), default=0)
    on_expiry = models.CharField(
        _("then the hand-off"), max_length=4, choices=OnExpiry, default=OnExpiry.KEEP
    )
    expire_minutes = models.PositiveIntegerField(_("after"), default=240)
    max_reassignments = models.PositiveSmallIntegerField(
        _("to another rep at most"), default=2
    )
    question_pauses = models.BooleanField(
        _("stands still while marketing is asked"), default=False
    )

    class Meta:
        ordering = [F("team__name").asc(nulls_first=True), "-priority"]
        constraints = [
            models.UniqueConstraint(
                "team", "priority", name="one_service_level_a_team_and_priority"
            ),
            models.UniqueConstraint(
                "priority",
                condition=Q(team__isnull=True),
                name="one_service_level_of_the_others",
            ),
            models.CheckConstraint(
                condition=Q(
                    priority__in=Priority.values,
                    on_expiry__in=OnExpiry.values,
                    decide_minutes__gt=0,
                    follow_up_minutes__gt=0,
                    warn_percent__range=(1, 99),
                ),
                name="a_service_level_can_be_kept",
            ),
            models.CheckConstraint(
                condition=Q(expire_minutes__gte=F("escalate_minutes")),
                name="managers_hear_before_it_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team or _('Every other team')}: {self.get_priority_display()}"


class Clock(models.Model):
    """One promise for one hand-off; `handoff.sla.clocks` alone writes it.

    What was promised is in working seconds from `started_at`; the instants follow from
    it by the calendar and its version, and are worked out anew when one changes. A
    clock that is paused is past nothing until it goes on.
    """

    handoff = models.ForeignKey(
        Handoff, models.CASCADE, related_name="clocks", db_index=False
    )
    kind = models.CharField(max_length=9, choices=ClockKind)
    priority = models.CharField(max_length=6, choices=Priority)
    calendar = models.ForeignKey(
        WorkingCalendar, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    calendar_version = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()

    warn_seconds = models.PositiveIntegerField()
    target_seconds = models.PositiveIntegerField()
    escalate_seconds = models.PositiveIntegerField()
    expire_seconds = models.PositiveIntegerField(null=True, blank=True)
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    escalate_at = models.DateTimeField()
    expire_at = models.DateTimeField(null=True, blank=True)

    # The next instant at which something is to be done; none when all is done.
    next_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    # When each step was noted; a step that was is not noted again.
    warned_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    missed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    blame = models.CharField(max_length=11, choices=Blame, blank=True)

    outcome = models.CharField(
        max_length=9, choices=ClockOutcome, default=ClockOutcome.RUNNING
    )
    stopped_at = models.DateTimeField(null=True, blank=True)
    raw_seconds = models.FloatField(null=True, blank=True)
    business_seconds = models.FloatField(null=True, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("handoff", "kind", name="one_clock_a_promise"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=ClockKind.values,
                    priority__in=Priority.values,
                    outcome__in=ClockOutcome.values,
                ),
                name="clock_words_are_known",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("started_at"), warn_at__lte=F("due_at")),
                name="a_clock_is_due_after_its_start",
            ),
            models.CheckConstraint(
                condition=Q(outcome=ClockOutcome.RUNNING, stopped_at__isnull=True)
                | ~Q(outcome=ClockOutcome.RUNNING) & Q(stopped_at__isnull=False),
                name="a_clock_runs_or_has_stopped",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="clock_next",
                condition=Q(outcome=ClockOutcome.RUNNING),
            ),
            models.Index(
                fields=["kind", "handoff"],
                name="clock_running",
                condition=Q(outcome=ClockOutcome.RUNNING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handoff}: {self.get_kind_display()}"

    @property
    def is_running(self) -> bool:
        return self.outcome == ClockOutcome.RUNNING


class ClockPause(models.Model):
    """A time in which a clock stands still; without an end it still does."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="pauses")
    kind = models.CharField(max_length=8, choices=PauseKind)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["began_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                "clock",
                condition=Q(ended_at__isnull=True),
                name="one_pause_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
                name="a_pause_ends_after_its_beginning",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock}: {self.began_at:%Y-%m-%d %H:%M}"
