"""Saying something to a rejection: answering, disputing, having learned from it.

The lead's standing is locked first, so nobody answers a rejection that is taken back
at the same moment.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from handoff import lifecycle, notices
from handoff.choices import HandoffStatus, RemarkKind
from handoff.lifecycle import DecisionError, NotYoursError
from handoff.models import Handoff, Remark
from leads import notifications
from leads.choices import NotificationKind, Role
from leads.models import User
from leads.notifications import News


class RemarkError(DecisionError):
    """Nothing can be said to it like this; the message says why."""


@transaction.atomic
def answer(*, handoff: Handoff, text: str, actor: User, now: datetime) -> Remark:
    """Answer a rejection, and tell whoever rejected; reps answer back the same way.

    Saying the same again changes nothing.

    Raises:
        RemarkError, NotYoursError: and nothing has changed.
    """
    _check(handoff, actor)
    said = text.strip()
    if not said:
        raise RemarkError(_("Please write something."))
    latest = handoff.remarks.filter(kind=RemarkKind.ANSWER).order_by("at", "pk").last()
    if latest and (latest.text, latest.actor_id) == (said, actor.pk):
        return latest
    made = _say(handoff, RemarkKind.ANSWER, said, actor, now)
    title = _("{person} answered about the rejection of {lead}")
    _tell(made, title, _concerned(handoff), now)
    return made


@transaction.atomic
def dispute(*, handoff: Handoff, text: str, actor: User, now: datetime) -> Remark:
    """Say that the rejection was wrong, to whoever rejected and to the managers.

    Once for a rejection; again returns what was said first.

    Raises:
        RemarkError, NotYoursError: and nothing has changed.
    """
    _check(handoff, actor, for_marketing=True)
    if not text.strip():
        raise RemarkError(_("Say why: sales reads it."))
    known = handoff.remarks.filter(kind=RemarkKind.DISPUTE).first()
    if known is not None:
        return known
    made = _say(handoff, RemarkKind.DISPUTE, text.strip(), actor, now)
    managers = User.objects.filter(is_active=True, groups__name=Role.MANAGER)
    title = _("{person} disputes the rejection of {lead}")
    _tell(made, title, [*_concerned(handoff), *managers], now)
    return made


@transaction.atomic
def learn(*, handoff: Handoff, text: str, actor: User, now: datetime) -> Remark:
    """Mark that marketing has drawn its conclusion; again changes nothing.

    Raises:
        RemarkError, NotYoursError: and nothing has changed.
    """
    _check(handoff, actor, for_marketing=True)
    known = handoff.remarks.filter(kind=RemarkKind.LEARNED).first()
    return known or _say(handoff, RemarkKind.LEARNED, text.strip(), actor, now)


@transaction.atomic
def forget(*, handoff: Handoff, actor: User) -> bool:
    """Take that mark off again; False where there was none.

    Raises:
        RemarkError, NotYoursError: and nothing has changed.
    """
    _check(handoff, actor, for_marketing=True)
    gone, _by_table = handoff.remarks.filter(kind=RemarkKind.LEARNED).delete()
    return bool(gone)


def may_speak(*, handoff: Handoff, user: User) -> bool:
    """Whether this person may answer: marketing, managers, and who rejected it."""
    is_theirs = user.pk in (handoff.decided_by_id, handoff.rep_id)
    return is_theirs or speaks_for_marketing(user=user)


def speaks_for_marketing(*, user: User) -> bool:
    """Whether this person disputes, and says what was learned."""
    return user.has_perm("leads.move_lead")


def _check(handoff: Handoff, actor: User, *, for_marketing: bool = False) -> None:
    lifecycle.locked(handoff)
    if handoff.status != HandoffStatus.REJECTED:
        raise RemarkError(_("This hand-off is not rejected any more."))
    if for_marketing and not speaks_for_marketing(user=actor):
        raise NotYoursError(_("Marketing and managers judge rejections."))
    if not may_speak(handoff=handoff, user=actor):
        raise NotYoursError(_("Marketing answers, and whoever rejected the lead."))


def _say(
    handoff: Handoff, kind: RemarkKind, text: str, actor: User, now: datetime
) -> Remark:
    return Remark.objects.create(
        handoff=handoff, kind=kind, text=text, actor=actor, at=now
    )


def _concerned(handoff: Handoff) -> list[User]:
    """Who rejected the lead, and who has said something to it."""
    spoke = User.objects.filter(
        is_active=True, pk__in=handoff.remarks.values("actor")
    ).order_by("pk")
    return [one for one in (handoff.decided_by, *spoke) if one]


def _tell(made: Remark, title: str, people: Iterable[User], now: datetime) -> None:
    handoff = made.handoff
    told = {one.pk: one for one in people if one.pk != made.actor_id}
    words = title.format(person=made.actor, lead=notices.named(handoff.lead))
    lines = [
        str(handoff.reason or ""),
        made.text,
        notices.score(handoff),
        notices.why_now(handoff),
    ]
    news = [
        News(
            person_id=person.pk,
            kind=NotificationKind.REJECTION_ANSWERED,
            event=f"remark {made.pk}",
            title=words,
            lines=tuple(filter(None, lines)),
            path=reverse("handoff:feedback_one", args=[handoff.pk]),
            lead_id=handoff.lead_id,
            about=made.pk,
        )
        for person in told.values()
    ]
    notifications.notify(news=news, now=now)
