"""Named questions about hand-offs, deals and tasks."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from handoff.choices import ClockKind, ClockOutcome, HandoffStatus, InquiryState
from leads.owed import OwedQuerySet, OwedState

if TYPE_CHECKING:
    from handoff.models import (  # noqa: F401
        Clock,
        Deal,
        Handoff,
        Inquiry,
        Invitation,
        Meeting,
        Task,
    )
    from leads.models import User


def _of_visible_lead(user: "User") -> Q:
    """Rows of the leads that this person sees, as `Lead.objects.visible_to` says."""
    if user.sees_all_leads:
        return Q()
    seen = Q(lead__standing__owner=user)
    if team_id := user.team_id:
        seen |= Q(lead__standing__owner=None, lead__standing__team=team_id)
    return seen


class HandoffQuerySet(models.QuerySet["Handoff"]):
    """Every page starts with `visible_to`."""

    def visible_to(self, user: "User") -> Self:
        """All for marketing and managers; for a rep own and team-pool ones."""
        if user.sees_all_leads:
            return self
        seen = Q(rep=user)
        if team_id := user.team_id:
            seen |= Q(rep=None, team=team_id)
        return self.filter(seen)

    def offered_to(self, user: "User") -> Self:
        """What a person may see, and pool ones that a colleague took meanwhile.

        Who was slower is told who was faster, rather than that nothing is there. One
        that waits for a colleague, to whom a manager gave it, is the colleague's.
        """
        visible = self.visible_to(user)
        if user.sees_all_leads:
            return visible
        # A lead at work that a manager gave to this person comes with its brief.
        visible |= self.filter(
            status=HandoffStatus.ACCEPTED, lead__standing__owner=user
        )
        if not user.team_id:
            return visible
        is_decided = ~Q(status=HandoffStatus.PENDING)
        was_in_pool = is_decided & Q(trace__chosen=None) | Q(trace__has_key="claimed")
        return visible | self.filter(was_in_pool, team=user.team_id)

    def pending(self) -> Self:
        return self.filter(status=HandoffStatus.PENDING)

    def rejected(self) -> Self:
        return self.filter(status=HandoffStatus.REJECTED)

    def with_names(self) -> Self:
        """Load what a hand-off prints."""
        return self.select_related(
            "lead__account", "lead__standing", "rep", "team", "reason", "decided_by"
        )

    def with_names_of_many(self) -> Self:
        """As `with_names` for a page of rows, of few people, teams and reasons.

        Each of those is read once: a join of eight tables takes the database longer to
        plan than to do.
        """
        joined = self.select_related("lead__account", "lead__standing")
        return joined.prefetch_related("rep", "team", "reason", "decided_by")


class DealQuerySet(models.QuerySet["Deal"]):
    """Every page starts with `visible_to`."""

    def visible_to(self, user: "User") -> Self:
        """All for marketing and managers; for a rep own ones and those of own leads."""
        if user.sees_all_leads:
            return self
        return self.filter(Q(owner=user) | Q(lead__standing__owner=user))

    def open(self) -> Self:
        return self.filter(won_at=None, lost_at=None)

    def won(self) -> Self:
        return self.filter(won_at__isnull=False)

    def lost(self) -> Self:
        return self.filter(lost_at__isnull=False)

    def with_names(self) -> Self:
        """Load what a deal prints, so that a row costs no query."""
        return self.select_related("lead__account", "lead__standing", "owner")


class TaskQuerySet(models.QuerySet["Task"]):
    """Every page starts with `visible_to`."""

    def visible_to(self, user: "User") -> Self:
        """Tasks of the leads that this person sees."""
        return self.filter(_of_visible_lead(user))

    def worked_on_by(self, user: "User") -> Self:
        """Tasks that this person keeps: of own leads; for a manager of all."""
        if user.has_perm("handoff.manage_handoffs"):
            return self
        return self.filter(lead__standing__owner=user)

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def overdue(self, *, now: datetime) -> Self:
        return self.open().filter(due_at__lt=now)

    def ended(self) -> Self:
        return self.filter(ended_at__isnull=False)

    def with_names(self) -> Self:
        """Load what a task prints, so that a row costs no query."""
        return self.select_related(
            "lead__account", "lead__standing", "rep", "ended_by", "made_by"
        )


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Every page starts with `visible_to`."""

    def visible_to(self, user: "User") -> Self:
        """Meetings of the leads that this person sees."""
        return self.filter(_of_visible_lead(user))

    def with_guests(self) -> Self:
        """Load who was ever invited and how their mails went, in two queries."""
        with_names = self.select_related("host", "lead__standing")
        return with_names.prefetch_related("guests__invitations")


class InvitationQuerySet(OwedQuerySet["Invitation"]):
    """Which mails to guests are owed."""

    def doubt(self, *, now: datetime) -> int:
        """Give up those whose worker went away while sending, and count them.

        Nobody knows whether such a mail left, and none may go out twice: a person
        decides.
        """
        left = self.filter(state=OwedState.DUE, lease_until__lt=now).order_by()
        error = gettext("The worker ended while sending; nobody knows if it left.")
        return left._give_up(error=error, now=now)

    def with_names(self) -> Self:
        """Load what a mail says."""
        return self.select_related("guest__meeting__host", "guest__meeting__lead")


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    """Every page starts with `visible_to`."""

    def visible_to(self, user: "User") -> Self:
        """All for marketing and managers; for a rep what is asked of own offers."""
        if user.sees_all_leads:
            return self
        return self.filter(Q(asked_by=user) | Q(handoff__rep=user))

    def open(self) -> Self:
        """Those that wait for an answer, of offers that wait for a decision."""
        return self.filter(
            state=InquiryState.OPEN, handoff__status=HandoffStatus.PENDING
        )

    def ended(self) -> Self:
        """The others."""
        return self.exclude(
            state=InquiryState.OPEN, handoff__status=HandoffStatus.PENDING
        )

    def with_names(self) -> Self:
        """Load what a question prints, so that one costs no query."""
        return self.select_related("handoff__lead__account", "asked_by", "ended_by")


class ClockQuerySet(models.QuerySet["Clock"]):
    """Which promises run, and which steps of theirs are owed."""

    def running(self) -> Self:
        return self.filter(outcome=ClockOutcome.RUNNING)

    def decisions(self) -> Self:
        return self.filter(kind=ClockKind.DECISION)

    def follow_ups(self) -> Self:
        return self.filter(kind=ClockKind.FOLLOW_UP)

    def with_names(self) -> Self:
        """Load what a promise prints, so that one costs no query."""
        related = ("lead__account", "lead__standing__owner", "rep", "team")
        named = self.select_related(*(f"handoff__{one}" for one in related))
        return named.defer("handoff__brief", "handoff__trace")

    def owing(self, *, now: datetime) -> Self:
        """Running ones that have come to their next step."""
        return self.running().filter(next_at__lte=now, paused_at=None)
