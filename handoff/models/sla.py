"""When sales works, and what it promises."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leads.models import Rep, Team
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
