"""Offers of leads to sales, and the reasons to reject one."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from handoff.choices import (
    MOVES,
    ActsNext,
    HandoffStatus,
    ReasonCategory,
    ReasonEffect,
    RoutedBy,
)
from handoff.models.joining import CycleHandedOver
from handoff.querysets import HandoffQuerySet
from leads.models import Cycle, Lead, Team, User


class RejectionReason(models.Model):
    """Why a rep may reject; retired reasons stay on the hand-offs they decided."""

    key = models.SlugField(unique=True)
    label = models.CharField(_("reason"), max_length=100)
    category = models.CharField(_("category"), max_length=12, choices=ReasonCategory)
    effect = models.CharField(_("effect"), max_length=10, choices=ReasonEffect)
    recycle_days = models.PositiveIntegerField(
        _("days in nurture"), default=90, validators=[MinValueValidator(1)]
    )
    needs_note = models.BooleanField(_("asks for a note"), default=False)
    min_attempts = models.PositiveSmallIntegerField(
        _("attempts before it may be chosen"),
        default=0,
        help_text=_("Logged calls, e-mails and meetings since the offer."),
    )
    acts_next = models.CharField(
        _("who should act"),
        max_length=9,
        choices=ActsNext,
        default=ActsNext.MARKETING,
    )
    position = models.PositiveIntegerField(default=0)
    is_on = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "pk"]
        permissions = [("manage_reasons", "Can change the reasons to reject")]

    def __str__(self) -> str:
        return self.label

    @property
    def consequence(self) -> str:
        """What choosing it does to the lead, in words."""
        back = ngettext(
            "Back to nurture for {days} day",
            "Back to nurture for {days} days",
            self.recycle_days,
        ).format(days=self.recycle_days)
        match self.effect:
            case ReasonEffect.RECYCLE:
                return back
            case ReasonEffect.FIX_DATA:
                return f"{ReasonEffect.FIX_DATA.label}. {back}"
            case _:
                return str(ReasonEffect(self.effect).label)


class Handoff(models.Model):
    """One offer of one lead to sales. Only `handoff.lifecycle` writes `status`."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="handoffs")
    cycle = models.PositiveIntegerField()
    # Team and rep are found by the indexes below, which begin with them.
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="handoffs",
        db_index=False,
    )
    rep = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="handoffs",
        db_index=False,
    )
    status = models.CharField(
        max_length=9, choices=HandoffStatus, default=HandoffStatus.PENDING
    )
    routed_at = models.DateTimeField(_("routed"))
    assigned_at = models.DateTimeField(_("assigned"), null=True, blank=True)
    due_at = models.DateTimeField(_("decision due"))
    # Since when the decision may wait; the due time is set anew when it goes on.
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.ForeignKey(
        RejectionReason, models.PROTECT, null=True, blank=True, related_name="handoffs"
    )
    note = models.TextField(_("note"), blank=True, max_length=2000)
    # The row of that cycle, which reports join.
    qualification = CycleHandedOver(
        Cycle,
        models.DO_NOTHING,
        from_fields=("lead", "cycle"),
        to_fields=("lead", "cycle"),
        null=True,
        editable=False,
        related_name="+",
    )
    brief = models.JSONField(default=dict)
    trace = models.JSONField(default=dict)

    objects = HandoffQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        permissions = [
            ("decide_handoff", "Can accept and reject hand-offs"),
            ("manage_handoffs", "Can see and reassign every hand-off"),
        ]
        constraints = [
            models.UniqueConstraint(
                "lead",
                condition=Q(status=HandoffStatus.PENDING),
                name="one_open_handoff_a_lead",
            ),
            models.CheckConstraint(
                condition=Q(status__in=HandoffStatus.values),
                name="handoff_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status=HandoffStatus.REJECTED) | Q(reason__isnull=False),
                name="a_rejection_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(status=HandoffStatus.PENDING) | Q(decided_at__isnull=False),
                name="a_closed_handoff_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["rep", "status", "due_at"], name="handoff_queue"),
            models.Index(
                fields=["team", "status", "due_at"], name="handoff_team_queue"
            ),
            # All that waits, counted and listed without a look at the rows.
            models.Index(
                fields=["due_at", "id", "rep", "paused_at"],
                name="handoff_waiting",
                condition=Q(status=HandoffStatus.PENDING),
            ),
            models.Index(
                fields=["-decided_at", "-id"],
                name="handoff_decided",
                condition=~Q(status=HandoffStatus.PENDING),
            ),
            models.Index(fields=["routed_at"], name="handoff_routed"),
            models.Index(fields=["lead", "routed_at"], name="handoff_lead"),
            # What each rep was given today, asked by every round of routing.
            models.Index(fields=["assigned_at", "rep"], name="handoff_given"),
            models.Index(
                fields=["-decided_at", "-id"],
                name="handoff_rejected",
                condition=Q(status=HandoffStatus.REJECTED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead}: {self.get_status_display()}"

    @property
    def is_open(self) -> bool:
        return bool(MOVES[HandoffStatus(self.status)])

    @property
    def seconds_to_decision(self) -> float:
        """From the routing to the decision; 0 while there is none."""
        if self.decided_at is None:
            return 0.0
        return (self.decided_at - self.routed_at).total_seconds()

    @property
    def routed_by(self) -> str:
        """Why it went where it went, in words; empty for an imported one."""
        name = self.trace.get("routed_by", "")
        return str(RoutedBy(name).label) if name in RoutedBy.values else ""
