"""Files, plans, dashboards and weekly mails: what the reports keep of their own."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from leads.models import User
from leads.owed import Owed, OwedQuerySet, OwedState
from reports.periods import Preset


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
    # The report and its table in the words of whoever took it.
    title = models.CharField(max_length=200, blank=True)
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
        return f"{self.name}.{self.shape}"

    @property
    def name(self) -> str:
        """How the file is called: a table, or the leads behind one of its numbers."""
        table = slugify(self.query.get("section", ""))
        leads = "leads" if "column" in self.query else ""
        return "-".join(part for part in (self.report, table, leads) if part)

    @property
    def words(self) -> str:
        """The report and its table in words; the name of the file where none are."""
        return self.title or str(self)

    @property
    def asked(self) -> str:
        """Of which number and row, and of which days, as the address said it."""
        said = self.query
        days = [said[name] for name in ("from", "to") if said.get(name)]
        preset = said.get("period", "")
        if not days and preset in Preset.values:
            days = [str(Preset(preset).label)]
        names = ("column", "reached", "outcome", "category", "by", "key")
        named = [said[name] for name in names if said.get(name, "") not in ("", "all")]
        named += ["silent"] if said.get("silent") else []
        return " · ".join([" – ".join(days), *named] if days else named)

    @property
    def is_ready(self) -> bool:
        """Whether a kept file waits to be fetched."""
        return self.state == OwedState.DONE and bool(self.stored_as)

    @property
    def is_on_its_way(self) -> bool:
        return self.state == OwedState.DUE

    @property
    def was_sent_at_once(self) -> bool:
        """Whether it went straight to whoever asked, so that it was never kept."""
        return self.state == OwedState.DONE and not self.attempts


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


class Dashboard(models.Model):
    """Tiles of reports as one person arranged them; `reports.dashboards` writes it."""

    name = models.CharField(_("name"), max_length=100)
    owner = models.ForeignKey(User, models.CASCADE, related_name="dashboards")
    is_shared = models.BooleanField(_("everybody may open it"), default=False)
    period = models.CharField(
        _("usual period"),
        max_length=10,
        choices=[(each.value, each.label) for each in Preset if each != Preset.CUSTOM],
        default=Preset.MONTHS_12,
    )

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dashboards:detail", args=[self.pk])


class DashboardTile(models.Model):
    """One tile by its key in `reports.tiles`, in the order of `position`."""

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="tiles")
    key = models.CharField(max_length=60)
    position = models.PositiveIntegerField()
    is_wide = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                "dashboard", "key", name="a_tile_stands_once_on_a_dashboard"
            )
        ]

    def __str__(self) -> str:
        return self.key


class FrozenDashboard(models.Model):
    """What a dashboard showed at an instant, as plain values, until it is revoked."""

    token = models.CharField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    words = models.CharField(max_length=500)
    drawn = models.JSONField(default=list)
    taken_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    taken_at = models.DateTimeField(_("frozen"))
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-taken_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dashboards:frozen", args=[self.token])


class DigestWish(models.Model):
    """That a person wants the weekly mail, of this dashboard or that of their role."""

    person = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="digest_wish"
    )
    dashboard = models.ForeignKey(
        Dashboard, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # A mail that was due before is not owed.
    wished_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person}"


class Digest(Owed):
    """The mail of one week for one person; `reports.digests` sends it at most once."""

    person = models.ForeignKey(User, models.CASCADE, related_name="digests")
    # The Monday on which it is due, in the zone of the workspace.
    week = models.DateField(_("week"))
    handed_over_at = models.DateTimeField(null=True, blank=True)

    objects = OwedQuerySet["Digest"].as_manager()

    class Meta:
        ordering = ["-week", "pk"]
        constraints = [
            models.UniqueConstraint(
                "person", "week", name="a_person_gets_one_digest_a_week"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.week:%Y-%m-%d}"
