"""Where each lead stands, and every change of it."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leads.choices import GRADES, Cause, Stage
from leads.models.lead import Lead


class Standing(models.Model):
    """One row a lead: stage, owner, score.

    Stage and owner are written by `leads.lifecycle`, the score columns by `scoring`,
    nothing by anybody else.
    """

    lead = models.OneToOneField(
        Lead, models.CASCADE, primary_key=True, related_name="standing"
    )
    stage = models.CharField(_("stage"), max_length=12, choices=Stage)
    stage_since = models.DateTimeField(_("in stage since"))
    stage_cause = models.CharField(max_length=13, choices=Cause)
    cycle = models.PositiveIntegerField(_("qualification cycle"), default=1)
    # Found by the indexes below, so that each write of a score has two fewer to keep.
    owner = models.ForeignKey(
        "leads.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    team = models.ForeignKey(
        "leads.Team",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    # How often routing found no team that takes it, since somebody had it.
    times_unplaced = models.PositiveIntegerField(default=0)
    held_since = models.DateTimeField(_("held since"), null=True, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    returns_at = models.DateTimeField(_("recycling ends"), null=True, blank=True)

    # Score columns. `s_…` are the decayed sums of one speed at the model's landmark.
    s_never = models.FloatField(default=0.0)
    s_fast = models.FloatField(default=0.0)
    s_medium = models.FloatField(default=0.0)
    s_slow = models.FloatField(default=0.0)
    ceiling = models.FloatField(default=0.0)
    fit = models.FloatField(_("fit"), default=0.0)
    grade = models.PositiveSmallIntegerField(_("grade"), default=0)
    is_fast_tracked = models.BooleanField(default=False)
    is_disqualified_by_rule = models.BooleanField(default=False)
    falls_at = models.DateTimeField(null=True, blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)
    model_version = models.PositiveIntegerField(null=True, blank=True)
    stale_seq = models.PositiveBigIntegerField(default=1)
    scored_seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=Stage.values), name="standing_stage_is_known"
            ),
        ]
        indexes = [
            # With all that the board asks, so that the rows need not be read.
            models.Index(
                fields=["stage", "-ceiling", "lead"],
                name="standing_lane",
                include=[
                    *("model_version", "s_never", "s_fast", "s_medium", "s_slow"),
                    *("grade", "owner"),
                ],
            ),
            models.Index(
                fields=["times_unplaced", "stage_since", "lead"],
                name="standing_to_route",
                condition=Q(stage=Stage.SQL),
            ),
            models.Index(fields=["owner", "stage"], name="standing_owner"),
            models.Index(fields=["team", "stage"], name="standing_team"),
            models.Index(
                fields=["lead"],
                name="standing_stale",
                condition=~Q(stale_seq=F("scored_seq")),
            ),
            models.Index(
                fields=["falls_at"],
                name="standing_falls",
                condition=Q(falls_at__isnull=False),
            ),
            models.Index(fields=["model_version", "lead"], name="standing_version"),
            # Who is under way, and since when somebody saw them come.
            models.Index(
                fields=["stage", "stage_since", "lead"],
                name="standing_ages",
                condition=~Q(stage_cause=Cause.IMPORT),
            ),
            models.Index(
                fields=["held_until"],
                name="standing_holds",
                condition=Q(held_until__isnull=False),
            ),
            models.Index(
                fields=["returns_at"],
                name="standing_returns",
                condition=Q(returns_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.stage}"

    @property
    def grade_letter(self) -> str:
        return GRADES[self.grade]

    def is_held(self, now: datetime) -> bool:
        """Whether a person's override keeps automation away at this instant."""
        if self.held_since is None:
            return False
        return self.held_until is None or self.held_until > now


class StageChange(models.Model):
    """One entry into a stage; append-only, written by `leads.lifecycle`.

    Later only `is_undone` is written, when somebody takes the change back, and
    `stayed_seconds`, which follows from the other changes of the lead.
    """

    # Found by the first index below.
    lead = models.ForeignKey(
        Lead, models.CASCADE, related_name="stage_changes", db_index=False
    )
    from_stage = models.CharField(max_length=12, choices=Stage, blank=True)
    to_stage = models.CharField(max_length=12, choices=Stage)
    at = models.DateTimeField()
    cause = models.CharField(max_length=13, choices=Cause)
    actor = models.ForeignKey(
        "leads.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    engagement = models.FloatField(null=True)
    fit = models.FloatField(null=True)
    grade = models.PositiveSmallIntegerField(null=True)
    model_version = models.PositiveIntegerField(null=True)
    cycle = models.PositiveIntegerField()
    is_inferred = models.BooleanField(default=False)
    is_imported = models.BooleanField(default=False)
    # Taken back, or that which took it back: it is told, and counts nowhere.
    is_undone = models.BooleanField(default=False)
    # How long the lead had been in `from_stage`; empty where nobody saw it come or go.
    # Written by `leads.cycles`.
    stayed_seconds = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["lead", "at", "id"], name="stage_change_of_lead"),
            # All that is counted of stays, so that the rows need not be read.
            models.Index(
                fields=["at", "from_stage", "stayed_seconds", "lead"],
                name="stage_change_stays",
                condition=Q(stayed_seconds__isnull=False),
            ),
            models.Index(
                fields=["to_stage", "at", "lead"], name="stage_change_entries"
            ),
            # Since when a lead was an IQL, MQL or SQL, and what the model said of it.
            models.Index(
                fields=[
                    *("lead", "to_stage", "cycle", "at", "id"),
                    *("engagement", "grade", "model_version"),
                ],
                name="stage_change_measured",
                condition=Q(
                    to_stage__in=[Stage.IQL, Stage.MQL, Stage.SQL], is_undone=False
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.from_stage} → {self.to_stage}"

    @property
    def grade_letter(self) -> str:
        return "" if self.grade is None else GRADES[self.grade]


class Cycle(models.Model):
    """One qualification cycle of a lead: when it first came to each stage of the path.

    Told by `leads.cycles` from the changes that count, so that a report reads one row
    instead of all changes. All in whole seconds since 1970, which a database compares
    and subtracts much faster than instants. `…_seen_…` leaves out the stages that were
    skipped, and the ways back from a later stage. Whence the lead came is told by
    whoever writes it of the lead: else a report would look up a million leads.
    """

    # Found by the constraint below.
    lead = models.ForeignKey(
        Lead, models.CASCADE, related_name="cycles", db_index=False
    )
    cycle = models.PositiveIntegerField()
    new_seconds = models.BigIntegerField(null=True)
    iql_seconds = models.BigIntegerField(null=True)
    mql_seconds = models.BigIntegerField(null=True)
    sql_seconds = models.BigIntegerField(null=True)
    accepted_seconds = models.BigIntegerField(null=True)
    opportunity_seconds = models.BigIntegerField(null=True)
    customer_seconds = models.BigIntegerField(null=True)
    new_seen_seconds = models.BigIntegerField(null=True)
    iql_seen_seconds = models.BigIntegerField(null=True)
    mql_seen_seconds = models.BigIntegerField(null=True)
    sql_seen_seconds = models.BigIntegerField(null=True)
    accepted_seen_seconds = models.BigIntegerField(null=True)
    opportunity_seen_seconds = models.BigIntegerField(null=True)
    customer_seen_seconds = models.BigIntegerField(null=True)
    # The first entry into SQL that no import told of.
    qualified_seconds = models.BigIntegerField(null=True)
    # As the lead has them, or the company for which it works.
    source = models.CharField(max_length=100, blank=True, db_default="")
    campaign = models.ForeignKey(
        "leads.Campaign", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    created_seconds = models.BigIntegerField(null=True)
    country = models.CharField(max_length=100, blank=True, db_default="")
    industry = models.CharField(max_length=100, blank=True, db_default="")
    # Once, be it undone since: without that nothing of it was handed over.
    was_sql = models.BooleanField(db_default=False)
    # When it last became an SQL, and what the change of that instant says.
    measured_at = models.DateTimeField(null=True)
    engagement = models.FloatField(null=True)
    grade = models.PositiveSmallIntegerField(null=True)
    model_version = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "cycle"], name="cycle_of_lead_is_unique"
            ),
        ]
        indexes = [
            # All that is counted of who qualified, who are few.
            models.Index(
                fields=[
                    *("sql_seconds", "qualified_seconds", "cycle", "iql_seconds"),
                    *("created_seconds", "lead"),
                ],
                name="cycle_qualified",
                condition=Q(qualified_seconds__isnull=False),
            ),
            # All that is said of a hand-off, without the many that were never an SQL.
            models.Index(
                fields=[
                    *("lead", "cycle", "qualified_seconds"),
                    *("source", "campaign", "country", "industry"),
                    *("measured_at", "engagement", "grade", "model_version"),
                ],
                name="cycle_handed_over",
                condition=Q(was_sql=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: cycle {self.cycle}"
