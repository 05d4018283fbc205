"""Telling reps that a task of theirs is due, once for each due time.

The first follow-up has a clock of its own (`handoff.sla`), which tells of it.
"""

from collections.abc import Sequence, Set
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from handoff import notices
from handoff.choices import HandoffStatus
from handoff.models import Handoff, Task
from leads import notifications
from leads.choices import NotificationKind
from leads.models import Notification
from leads.notifications import News
from scoring import engagement

BATCH = 500
# What was due before that is in the list of overdue tasks, and no news.
NEWS_FOR = timedelta(days=1)


@transaction.atomic
def tell_due(*, now: datetime) -> int:
    """Tell whose tasks have come due, and count them; a repeat finds none."""
    due = (
        Task.objects.open()
        .filter(due_at__lte=now, due_at__gt=now - NEWS_FOR, handoff=None)
        .filter(rep__is_active=True)
        .exclude(told_due_at__isnull=False, told_due_at=F("due_at"))
    )
    held = due.order_by("pk").select_for_update(skip_locked=True, of=("self",))
    tasks = list(held.select_related("lead__account", "lead__standing")[:BATCH])
    if not tasks:
        return 0
    notifications.notify(news=_news(tasks, now), now=now)
    told = Task.objects.filter(pk__in=[task.pk for task in tasks])
    return told.update(told_due_at=F("due_at"))


def still_matters(*, notification: Notification) -> bool:
    """Whether the task that the person is told of is still to be done, and theirs."""
    mine = Task.objects.open().filter(rep=notification.person_id)
    return mine.filter(pk__in=[notification.about]).exists()


def _news(tasks: Sequence[Task], now: datetime) -> list[News]:
    model = engagement.active_model()
    why_by_lead_id = _why_now({task.lead_id for task in tasks})
    found = []
    for task in tasks:
        standing = task.lead.standing
        points = engagement.engagement_of(standing, model=model, now=now)
        score = _("Score {score}, grade {grade}").format(
            score=f"{points:.0f}", grade=standing.grade_letter
        )
        why = why_by_lead_id.get(task.lead_id, "")
        lines = (task.lead.role_and_company, score, why)
        title = _("Due: {task}, {lead}").format(
            task=task, lead=notices.named(task.lead)
        )
        found.append(
            News(
                person_id=task.rep_id or 0,
                kind=NotificationKind.TASK_DUE,
                event=f"task {task.pk} due {task.due_at.isoformat()}",
                title=title,
                lines=tuple(filter(None, lines)),
                path=reverse("leads:detail", args=[task.lead_id]),
                lead_id=task.lead_id,
                about=task.pk,
            )
        )
    return found


def _why_now(lead_ids: Set[int]) -> dict[int, str]:
    """By lead, in one query: why it was ready when it was accepted the last time."""
    accepted = Handoff.objects.filter(lead__in=lead_ids, status=HandoffStatus.ACCEPTED)
    told = accepted.only("lead_id", "brief").order_by("decided_at", "pk")
    return {handoff.lead_id: notices.why_now(handoff) for handoff in told}
