"""Telling reps that a lead became theirs, and marketing whose data is wrong.

Called in the transaction that does it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from handoff.choices import HandoffStatus
from handoff.models import Handoff
from leads import notifications
from leads.choices import NotificationKind, Role
from leads.models import Lead, Notification, Standing, User
from leads.news_words import Words
from leads.notifications import News


def owe(*, handoffs: Iterable[Handoff]) -> None:
    """Tell each rep of these hand-offs that the lead is theirs.

    To be called in the transaction of the assignment. Who gets a hand-off back after a
    colleague had it is told again.
    """
    assigned = [one for one in handoffs if one.rep_id and one.assigned_at]
    if assigned:
        now = max(one.assigned_at for one in assigned if one.assigned_at)
        notifications.notify(news=[_news(one, now) for one in assigned], now=now)


def still_matters(*, notification: Notification) -> bool:
    """Whether the hand-off still waits for the person who is told of it.

    Leads at work that a manager gave have no hand-off to decide; news of one matters as
    long as the person has it.
    """
    if notification.about is None:
        owned = Standing.objects.filter(owner=notification.person_id)
        lead_id = notification.lead_id
        return lead_id is None or owned.filter(pk=lead_id).exists()
    mine = Handoff.objects.pending().filter(rep=notification.person_id)
    return mine.filter(pk__in=[notification.about]).exists()


def words(*, news: Sequence[Notification]) -> dict[int, Words]:
    """What a person reads of a lead that became theirs, by the id of the news."""
    handoffs = (
        Handoff.objects.filter(pk__in=[one.about for one in news])
        .select_related("lead__account")
        .in_bulk()
    )
    people = User.objects.in_bulk([one.person_id for one in news])
    return {
        one.pk: _words(handoffs[one.about], people[one.person_id])
        for one in news
        if one.about in handoffs
    }


def _words(handoff: Handoff, person: User) -> Words:
    lead = handoff.lead
    with timezone.override(person.time_zone or None):
        due_at = date_format(timezone.localtime(handoff.due_at), "D j M Y, H:i T")
    lines = [
        str(lead),
        lead.role_and_company,
        score(handoff),
        why_now(handoff),
        _("Please decide by {time}.").format(time=due_at),
    ]
    return Words(title_of(lead), tuple(filter(None, lines)))


def _news(handoff: Handoff, assigned_at: datetime) -> News:
    assert handoff.rep_id is not None  # noqa: S101 - the caller has looked
    return News(
        person_id=handoff.rep_id,
        kind=NotificationKind.LEAD_ASSIGNED,
        event=f"handoff {handoff.pk} assigned {assigned_at.isoformat()}",
        wording="assigned",
        lead_id=handoff.lead_id,
        about=handoff.pk,
    )


def title_of(lead: Lead) -> str:
    """“Maya Okafor (Northwind) is yours”."""
    return _("{lead} is yours").format(lead=named(lead))


def named(lead: Lead) -> str:
    """“Maya Okafor (Northwind)”."""
    return f"{lead} ({lead.account})" if lead.account else str(lead)


def tell_wrong_data(*, handoff: Handoff, actor: User, now: datetime) -> None:
    """Tell marketing that sales sent a lead back for it to put the data right."""
    lead, reason = handoff.lead, handoff.reason
    title = _("{person} found wrong data on {lead}")
    lines = [
        lead.role_and_company,
        score(handoff),
        f"{reason}: {handoff.note}" if handoff.note else str(reason),
        _("Put it right on the lead's page; the lead is back in nurture."),
    ]
    marketers = User.objects.filter(is_active=True, groups__name=Role.MARKETER)
    news = [
        News(
            person_id=pk,
            kind=NotificationKind.DATA_WRONG,
            event=f"handoff {handoff.pk} data wrong",
            title=title.format(person=actor, lead=named(lead)),
            lines=tuple(filter(None, lines)),
            path=reverse("leads:detail", args=[lead.pk]),
            lead_id=lead.pk,
            about=handoff.pk,
        )
        for pk in marketers.exclude(pk=actor.pk).values_list("pk", flat=True)
    ]
    notifications.notify(news=news, now=now)


def wrong_data_matters(*, notification: Notification) -> bool:
    """Whether the rejection that marketing is told of was not taken back."""
    rejected = Handoff.objects.filter(status=HandoffStatus.REJECTED)
    return rejected.filter(pk__in=[notification.about]).exists()


def score(handoff: Handoff) -> str:
    """Score and grade as they were when the lead was offered."""
    engagement, grade = handoff.brief.get("engagement"), handoff.brief.get("grade")
    if engagement is None:
        return ""
    points = _("Score {score}").format(score=f"{engagement:.0f}")
    return _("{score}, grade {grade}").format(score=points, grade=grade)


def why_now(handoff: Handoff) -> str:
    """The rules that brought the points, or else the words of who moved the lead."""
    often = _("{what} ({count} times)")
    lines = [
        often.format(**line) if line["count"] > 1 else line["what"]
        for line in handoff.brief.get("why", [])
    ]
    entry = handoff.brief.get("entry", {})
    why = " · ".join(lines) or entry.get("reason") or entry.get("cause")
    return _("Why now: {why}").format(why=why) if why else ""
