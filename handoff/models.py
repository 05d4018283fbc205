"""Hand-offs, the reasons to reject one, whose turn it is, and deals."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from handoff.choices import (
    MOVES,
    HandoffStatus,
    NoticeKind,
    ReasonCategory,
    ReasonEffect,
    RoutedBy,
)
from handoff.querysets import DealQuerySet, HandoffQuerySet, NoticeQuerySet
from leads.models import Lead, Rep, Team, User
from leads.owed import Owed, OwedState


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
    position = models.PositiveIntegerField(default=0)
    is_on = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def consequence(self) -> str:
        """What choosing it does to the lead, in words."""
        if self.effect != ReasonEffect.RECYCLE:
            return str(ReasonEffect(self.effect).label)
        return ngettext(
            "Back to nurture for {days} day",
            "Back to nurture for {days} days",
            self.recycle_days,
        ).format(days=self.recycle_days)


class Handoff(models.Model):
    """One offer of one lead to sales. Only `handoff.lifecycle` writes `status`."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="handoffs")
    cycle = models.PositiveIntegerField()
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="handoffs"
    )
    rep = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="handoffs"
    )
    status = models.CharField(
        max_length=9, choices=HandoffStatus, default=HandoffStatus.PENDING
    )
    routed_at = models.DateTimeField(_("routed"))
    assigned_at = models.DateTimeField(_("assigned"), null=True, blank=True)
    due_at = models.DateTimeField(_("decision due"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.ForeignKey(
        RejectionReason, models.PROTECT, null=True, blank=True, related_name="handoffs"
    )
    note = models.TextField(_("note"), blank=True, max_length=2000)
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
            models.Index(fields=["routed_at"], name="handoff_routed"),
            models.Index(fields=["lead", "routed_at"], name="handoff_lead"),
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


class Notice(Owed):
    """A mail to one of our own people about a hand-off; `handoff.notices` sends it."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="notices")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(
        max_length=8, choices=NoticeKind, default=NoticeKind.ASSIGNED
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "handoff", "person", "kind", name="one_notice_a_person_and_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OwedState.values), name="notice_state_is_known"
            ),
        ]
        indexes = [models.Index(fields=["state", "not_before"], name="notice_owed")]

    def __str__(self) -> str:
        return f"{self.person}: {self.handoff.lead}"


class Seat(models.Model):
    """A rep's place in the weighted round robin of a team."""

    rep = models.OneToOneField(Rep, models.CASCADE, related_name="seat")
    assigned = models.PositiveIntegerField(default=0)
    last_assigned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.rep}: {self.assigned}"


class Deal(models.Model):
    """A sale in the making, won or lost. Money in the deal's own currency."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="deals")
    handoff = models.ForeignKey(
        Handoff, models.SET_NULL, null=True, blank=True, related_name="deals"
    )
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="deals"
    )
    external_id = models.CharField(_("external id"), max_length=200, blank=True)
    source_system = models.CharField(_("source system"), max_length=50, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    amount = models.DecimalField(
        _("amount"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    won_at = models.DateTimeField(_("won"), null=True, blank=True)
    lost_at = models.DateTimeField(_("lost"), null=True, blank=True)
    lost_reason = models.CharField(_("lost because"), max_length=200, blank=True)

    objects = DealQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "source_system",
                "external_id",
                condition=~Q(external_id=""),
                name="one_deal_an_external_id",
            ),
            models.CheckConstraint(
                condition=Q(won_at__isnull=True) | Q(lost_at__isnull=True),
                name="a_deal_is_not_won_and_lost",
            ),
        ]
        indexes = [models.Index(fields=["lead"], name="deal_lead")]

    def __str__(self) -> str:
        return self.name or f"{self.lead}"

    @property
    def is_open(self) -> bool:
        return self.won_at is None and self.lost_at is None
