"""Asking marketing about a lead, answering, and taking a question back.

The lead's standing is locked first, so of two who answer at once one wins, and nobody
answers what was decided meanwhile.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from handoff import lifecycle, notices
from handoff.choices import InquiryState
from handoff.lifecycle import DecisionError, NotYoursError
from handoff.models import Handoff, Inquiry
from handoff.sla import pausing
from leads import notifications
from leads.choices import NotificationKind, Role
from leads.models import Lead, Notification, User
from leads.notifications import News


class InquiryError(DecisionError):
    """A question could not be asked, answered or taken back; the message says why."""


@transaction.atomic
def ask(*, handoff: Handoff, text: str, actor: User, now: datetime) -> Inquiry:
    """Ask marketing; the decision stands still meanwhile, if that was promised.

    Raises:
        InquiryError, AlreadyDecidedError, NotYoursError: and nothing has changed.
    """
    standing = lifecycle.locked(handoff)
    lifecycle.check_open(handoff, standing, now=now)
    if not lifecycle.may_decide(handoff=handoff, user=actor):
        raise NotYoursError(_("Only who may decide this hand-off asks about it."))
    if handoff.inquiries.open().exists():
        raise InquiryError(_("Another question about this lead waits for an answer."))
    made = Inquiry.objects.create(
        handoff=handoff, text=text.strip(), asked_by=actor, asked_at=now
    )
    pausing.question_asked(handoff=handoff, actor=actor, now=now)
    title = _("{person} asks about {lead}").format(person=actor, lead=handoff.lead)
    people = User.objects.filter(is_active=True, groups__name=Role.MARKETER)
    _tell(made, NotificationKind.QUESTION_ASKED, title, made.text, people, now)
    return made


@transaction.atomic
def answer(*, inquiry: Inquiry, text: str, actor: User, now: datetime) -> Inquiry:
    """Answer once; the decision goes on, and whoever has the lead is told.

    Answering the same again changes nothing.

    Raises:
        InquiryError, NotYoursError: and nothing has changed.
    """
    if not may_answer(user=actor):
        raise NotYoursError(_("Marketing and managers answer questions."))
    _reload(inquiry)
    if (inquiry.answer, inquiry.ended_by_id) == (text.strip(), actor.pk):
        return inquiry
    _check_open(inquiry)
    inquiry.answer = text.strip()
    _end(inquiry, InquiryState.ANSWERED, actor, now)
    handoff = inquiry.handoff
    title = _("{person} answered about {lead}")
    title = title.format(person=actor, lead=handoff.lead)
    told = {one.pk: one for one in (inquiry.asked_by, handoff.rep) if one}
    kind = NotificationKind.QUESTION_ANSWERED
    _tell(inquiry, kind, title, inquiry.answer, told.values(), now)
    return inquiry


@transaction.atomic
def withdraw(*, inquiry: Inquiry, actor: User, now: datetime) -> Inquiry:
    """Take a question back; the decision goes on. Again changes nothing.

    Raises:
        InquiryError, NotYoursError: and nothing has changed.
    """
    _reload(inquiry)
    if inquiry.state == InquiryState.WITHDRAWN:
        return inquiry
    _check_open(inquiry)
    if not may_withdraw(inquiry=inquiry, user=actor):
        raise NotYoursError(_("Only who asked takes a question back."))
    return _end(inquiry, InquiryState.WITHDRAWN, actor, now)


def may_answer(*, user: User) -> bool:
    """Whether this person speaks for marketing."""
    return user.has_perm("leads.move_lead")


def may_withdraw(*, inquiry: Inquiry, user: User) -> bool:
    """Whether this person asked it, or has the lead by now, or is a manager."""
    if not inquiry.is_open:
        return False
    is_mine = user.pk in (inquiry.asked_by_id, inquiry.handoff.rep_id)
    return is_mine or user.has_perm("handoff.manage_handoffs")


def of_lead(*, lead: Lead) -> list[Inquiry]:
    """Every question about the lead, the latest first."""
    asked = Inquiry.objects.filter(handoff__lead=lead).with_names()
    return list(asked.order_by("-asked_at", "-pk"))


def _reload(inquiry: Inquiry) -> None:
    lifecycle.locked(inquiry.handoff)
    inquiry.refresh_from_db(fields=["state", "answer", "ended_by", "ended_at"])


def _check_open(inquiry: Inquiry) -> None:
    if inquiry.is_open:
        return
    text = _("The lead was decided meanwhile; the question needs no answer any more.")
    if inquiry.state == InquiryState.ANSWERED:
        text = _("{person} has answered this already.")
    elif inquiry.state == InquiryState.WITHDRAWN:
        text = _("{person} took this question back.")
    raise InquiryError(text.format(person=inquiry.ended_by or _("Somebody")))


def _end(inquiry: Inquiry, to: InquiryState, actor: User, now: datetime) -> Inquiry:
    inquiry.state, inquiry.ended_by, inquiry.ended_at = to, actor, now
    inquiry.save(update_fields=["state", "answer", "ended_by", "ended_at"])
    pausing.question_answered(handoff=inquiry.handoff, actor=actor, now=now)
    return inquiry


def _tell(
    inquiry: Inquiry,
    kind: NotificationKind,
    title: str,
    words: str,
    people: Iterable[User],
    now: datetime,
) -> None:
    handoff, lead = inquiry.handoff, inquiry.handoff.lead
    about = [notices.score(handoff), notices.why_now(handoff)]
    news = [
        News(
            person_id=person.pk,
            kind=kind,
            event=f"inquiry {inquiry.pk} {inquiry.state}",
            title=title,
            lines=tuple(filter(None, [lead.role_and_company, words, *about])),
            path=reverse("leads:detail", args=[lead.pk]),
            lead_id=lead.pk,
            about=inquiry.pk,
        )
        for person in people
        if person != (inquiry.ended_by or inquiry.asked_by)
    ]
    notifications.notify(news=news, now=now)


def still_matters(*, notification: Notification) -> bool:
    """Whether the question that somebody is told of still waits for an answer."""
    return Inquiry.objects.open().filter(pk__in=[notification.about]).exists()
