"""A scoring model: rules, criteria, gates. Once active it is never edited."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.choices import NURTURED, ActivityKind, Stage
from scoring.choices import (
    CapPeriod,
    CapScope,
    CriterionGroup,
    Effect,
    EventKind,
    ModelStatus,
    Side,
    Speed,
)

# Below one day the decayed sums could leave the range of a float.
SHORTEST_HALF_LIFE = 1.0


def default_band_limits() -> list[float]:
    """The least fit of D-, D, D+ … A+; below the first is F."""
    return [20, 25, 30, 35, 40, 45, 50, 55, 60, 70, 80, 90]


class ScoringModel(models.Model):
    """One release of the rules; `version` is what people and standings call it by."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    status = models.CharField(
        max_length=7, choices=ModelStatus, default=ModelStatus.DRAFT
    )
    landmark = models.DateTimeField(
        help_text=_("The instant to which the decayed sums are carried.")
    )
    half_life_fast = models.FloatField(
        _("fast half-life, days"),
        default=14.0,
        validators=[MinValueValidator(SHORTEST_HALF_LIFE)],
    )
    half_life_medium = models.FloatField(
        _("medium half-life, days"),
        default=30.0,
        validators=[MinValueValidator(SHORTEST_HALF_LIFE)],
    )
    half_life_slow = models.FloatField(
        _("slow half-life, days"),
        default=90.0,
        validators=[MinValueValidator(SHORTEST_HALF_LIFE)],
    )
    band_limits = models.JSONField(_("grade limits"), default=default_band_limits)
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)
    activated_by = models.ForeignKey(
        "leads.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["-version"]
        permissions = [("change_scoring", "Can change and activate scoring models")]
        constraints = [
            models.UniqueConstraint(
                "status",
                condition=Q(status=ModelStatus.ACTIVE),
                name="one_active_scoring_model",
            ),
            models.CheckConstraint(
                condition=Q(half_life_fast__gte=SHORTEST_HALF_LIFE)
                & Q(half_life_medium__gte=SHORTEST_HALF_LIFE)
                & Q(half_life_slow__gte=SHORTEST_HALF_LIFE),
                name="half_lives_of_a_day_or_more",
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


class BehaviourRule(models.Model):
    """Points for one kind of activity; an activity scores under the first match."""

    model = models.ForeignKey(ScoringModel, models.CASCADE, related_name="rules")
    position = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("activity"), max_length=30, choices=ActivityKind)
    conditions = models.JSONField(default=dict, blank=True)
    points = models.FloatField(_("points"))
    speed = models.CharField(
        _("fades"), max_length=6, choices=Speed, default=Speed.MEDIUM
    )
    cap_count = models.PositiveIntegerField(
        _("at most"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    cap_period = models.CharField(
        max_length=5, choices=CapPeriod, default=CapPeriod.EVER
    )
    cap_scope = models.CharField(max_length=8, choices=CapScope, default=CapScope.ALL)
    effect = models.CharField(max_length=10, choices=Effect, default=Effect.NONE)
    is_on = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["model", "position"]
        constraints = [
            models.UniqueConstraint("model", "position", name="one_rule_a_position"),
            models.CheckConstraint(
                condition=Q(cap_count__isnull=True) | Q(cap_count__gte=1),
                name="cap_is_1_up",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FitCriterion(models.Model):
    """Points for who the lead is; unknown facts change nothing."""

    model = models.ForeignKey(ScoringModel, models.CASCADE, related_name="criteria")
    position = models.PositiveIntegerField()
    group = models.CharField(_("looks at"), max_length=12, choices=CriterionGroup)
    name = models.CharField(_("name"), max_length=100)
    conditions = models.JSONField(default=dict)
    points = models.FloatField(_("points"))
    effect = models.CharField(max_length=10, choices=Effect, default=Effect.NONE)
    is_on = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["model", "position"]
        verbose_name_plural = _("fit criteria")
        constraints = [
            models.UniqueConstraint(
                "model", "position", name="one_criterion_a_position"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Gate(models.Model):
    """What a stage asks for, and the engagement under which it is left again."""

    model = models.ForeignKey(ScoringModel, models.CASCADE, related_name="gates")
    stage = models.CharField(_("stage"), max_length=12, choices=Stage)
    engagement = models.FloatField(_("engagement"))
    grade = models.PositiveSmallIntegerField(_("grade"), default=0)
    leave_engagement = models.FloatField(_("left under"))

    class Meta:
        ordering = ["engagement"]
        constraints = [
            models.UniqueConstraint("model", "stage", name="one_gate_a_stage"),
            models.CheckConstraint(
                condition=Q(stage__in=[*NURTURED[1:], Stage.SQL]),
                name="gate_stage_is_reached_by_score",
            ),
            models.CheckConstraint(
                condition=Q(leave_engagement__lte=models.F("engagement")),
                name="gate_is_left_lower_than_reached",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} from {self.engagement:g}"


class ModelEvent(models.Model):
    """Who did what to a version, append-only; written by `scoring.history`.

    `changes` holds [what, before, after] in words; `removed` the document of a line
    that was taken out, so that it can be put back.
    """

    model = models.ForeignKey(ScoringModel, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=9, choices=EventKind)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        "leads.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    subject = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=list, blank=True)
    removed = models.JSONField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["model", "-at"], name="model_event_history")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"


class Agreement(models.Model):
    """One side's signature under what a version says of IQL, MQL and SQL."""

    model = models.ForeignKey(ScoringModel, models.CASCADE, related_name="agreements")
    side = models.CharField(max_length=9, choices=Side)
    person = models.ForeignKey("leads.User", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["side"]
        constraints = [
            models.UniqueConstraint("model", "side", name="a_side_signs_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.person}"
