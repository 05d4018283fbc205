"""Who took which numbers out of the workspace."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.models import User
from leads.owed import Owed, OwedQuerySet, OwedState


class Shape(models.TextChoices):
    """What a file is."""

    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel")


class ExportQuerySet(OwedQuerySet["Export"]):
    """Files that are owed to somebody, and those that were fetched at once."""


class Export(Owed):
    """One file that a person took from a report; `exporting` alone writes it.

    A small one is done when it is asked for, and not kept. A large one is owed: the
    worker writes it to `settings.EXPORTS_DIR` under the name `stored_as`.
    """

    report = models.CharField(_("report"), max_length=50)
    query = models.JSONField(default=dict)
    shape = models.CharField(max_length=4, choices=Shape)
    row_count = models.PositiveIntegerField(_("rows"))
    stored_as = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    asked_at = models.DateTimeField(_("asked for"))

    objects = ExportQuerySet.as_manager()

    class Meta:
        permissions = [("export_reports", "Can download reports and their leads")]
        indexes = [models.Index(fields=["-asked_at", "-id"], name="export_latest")]

    def __str__(self) -> str:
        return f"{self.report}.{self.shape}"

    @property
    def is_ready(self) -> bool:
        """Whether a kept file waits to be fetched."""
        return self.state == OwedState.DONE and bool(self.stored_as)

    @property
    def is_on_its_way(self) -> bool:
        return self.state == OwedState.DUE


class MonthPlan(models.Model):
    """What both sides promised each other for one month; `reports.plans` writes it.

    Money in cents of the workspace's currency, shares in percent.
    """

    # The first day of the month, in the workspace's zone.
    month = models.DateField(_("month"), unique=True)
    revenue_goal = models.PositiveBigIntegerField(_("revenue goal, cents"))
    average_deal = models.PositiveBigIntegerField(_("average deal, cents"))
    win_percent = models.PositiveSmallIntegerField(_("accepted SQLs that are won"))
    acceptance_percent = models.PositiveSmallIntegerField(_("SQLs that are accepted"))
    decide_percent = models.PositiveSmallIntegerField(_("decided within the time"))
    follow_up_percent = models.PositiveSmallIntegerField(_("followed up in time"))
    set_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["month"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    average_deal__gt=0,
                    win_percent__range=(1, 100),
                    acceptance_percent__range=(1, 100),
                    decide_percent__range=(0, 100),
                    follow_up_percent__range=(0, 100),
                ),
                name="a_plan_can_be_reached",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def accepted(self) -> int:
        """How many accepted SQLs the revenue goal needs."""
        deals = -(-self.revenue_goal // self.average_deal)
        return -(-deals * 100 // self.win_percent)

    @property
    def sqls(self) -> int:
        """How many SQLs marketing promises: the goal, read backwards."""
        return -(-self.accepted * 100 // self.acceptance_percent)
