"""A routing plan: ordered rules that say who gets a lead. Once active, never edited."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.choices import Strategy
from leads.models import Rep, Team, User
from scoring.choices import EventKind, ModelStatus


class RoutingPlan(models.Model):
    """One release of the rules; hand-offs name the `version` that placed them.

    Only `handoff.routing.plans.lifecycle` writes `status`. Without a `default_team` it
    is the team that is marked as the default.
    """

    version = models.PositiveIntegerField(_("version"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    status = models.CharField(
        max_length=7, choices=ModelStatus, default=ModelStatus.DRAFT
    )
    # Before the rules: the rep who owns the company, then the one who works with it.
    prefers_owner = models.BooleanField(default=True)
    joins_colleague = models.BooleanField(default=True)
    # So long a lead is not offered again to who rejected it, unless it asks for sales.
    cool_off_days = models.PositiveSmallIntegerField(default=30)
    default_team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    default_strategy = models.CharField(
        max_length=12, choices=Strategy, default=Strategy.TURNS
    )
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)
    activated_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["-version"]
        permissions = [("change_routing", "Can change and activate routing plans")]
        constraints = [
            models.UniqueConstraint(
                "status",
                condition=Q(status=ModelStatus.ACTIVE),
                name="one_active_routing_plan",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ModelStatus.values),
                name="routing_plan_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(default_strategy=Strategy.NAMED),
                name="the_default_goes_to_a_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (v{self.version})"

    @property
    def is_draft(self) -> bool:
        return self.status == ModelStatus.DRAFT

    @property
    def is_active(self) -> bool:
        return self.status == ModelStatus.ACTIVE


class RoutingRule(models.Model):
    """Where leads of a kind go: to a team, or to one rep; the first match decides.

    `team` and `rep` are empty where they were deleted since; such a rule is skipped.
    """

    plan = models.ForeignKey(RoutingPlan, models.CASCADE, related_name="rules")
    position = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=100)
    conditions = models.JSONField(default=dict)
    strategy = models.CharField(max_length=12, choices=Strategy)
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rep = models.ForeignKey(
        Rep, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Of a named rep: who is away or full leaves the lead to the team, by turns.
    has_stand_in = models.BooleanField(_("goes on to the team"), default=False)
    is_on = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(
                "plan", "position", name="one_routing_rule_a_position"
            ),
            models.CheckConstraint(
                condition=Q(strategy=Strategy.NAMED, team__isnull=True)
                | (~Q(strategy=Strategy.NAMED) & Q(rep__isnull=True)),
                name="a_routing_rule_names_a_team_or_a_rep",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanEvent(models.Model):
    """Who did what to a version, append-only.

    `changes` holds [what, before, after] in words; `removed` the document of a rule
    that was taken out, so that it can be put back.
    """

    plan = models.ForeignKey(RoutingPlan, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=9, choices=EventKind)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    subject = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=list, blank=True)
    removed = models.JSONField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["plan", "-at"], name="plan_event_history")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"
