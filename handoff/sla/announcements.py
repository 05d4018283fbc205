"""Telling people of promises: due soon, past due, taken away, given to somebody else.

Called in the transaction that notes the step, so nobody is told of one that was not
noted, nor twice of one that was.
"""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from handoff.choices import ClockKind
from handoff.models import Clock, Handoff
from handoff.sla import expiries
from leads import notifications
from leads.choices import NotificationKind, Role
from leads.models import Lead, Notification, User
from leads.notifications import News


def tell(
    *,
    warned: Sequence[Clock],
    missed: Sequence[Clock],
    escalated: Sequence[Clock],
    now: datetime,
) -> None:
    """Warn reps, tell them what is past due, and tell the managers what still is.

    The clocks come with the rep and the lead of their hand-off.
    """
    news = [_due_soon(clock, clock.handoff.rep) for clock in warned if _has_rep(clock)]
    news += [_past_due(clock, clock.handoff.rep) for clock in missed if _has_rep(clock)]
    people = _managers() if escalated else []
    news += [_past_due(clock, person) for clock in escalated for person in people]
    notifications.notify(news=news, now=now)


def tell_expired(*, handoffs: Sequence[Handoff], now: datetime) -> None:
    """Tell reps what was taken from them, and managers what goes to the pool."""
    found = expiries.of_leads([handoff.lead for handoff in handoffs])
    people = _managers()
    news = []
    for handoff in handoffs:
        expiry = found[handoff.lead_id]
        title = _("{lead} goes to the next rep: nobody decided in time")
        told = [handoff.rep]
        if expiry.goes_to_pool:
            title = _("{lead} goes to the pool: nobody decided in time")
            told += people
        event = f"handoff {handoff.pk} expired"
        title = title.format(lead=_named(handoff.lead))
        news += [
            _news(handoff, person, NotificationKind.HANDOFF_MOVED, event, title)
            for person in told
            if person is not None
        ]
    notifications.notify(news=news, now=now)


def tell_reassigned(
    *, handoff: Handoff, former: User | None, actor: User, now: datetime
) -> None:
    """Tell the rep who had it that a manager gave it to somebody else."""
    if former is None or former == actor:
        return
    text = _("{actor} gave {lead} to {rep}")
    title = text.format(actor=actor, lead=_named(handoff.lead), rep=handoff.rep)
    event = f"handoff {handoff.pk} moved {now.isoformat()}"
    kind = NotificationKind.HANDOFF_MOVED
    notifications.notify(news=[_news(handoff, former, kind, event, title)], now=now)


def still_matters(*, notification: Notification) -> bool:
    """Whether the promise that somebody is told of is still to be kept."""
    running = Clock.objects.running().filter(
        pk__in=[notification.about], paused_at=None
    )
    return running.exists()


def _due_soon(clock: Clock, person: User | None) -> News:
    title = _("{lead}: decide by {time}")
    if clock.kind == ClockKind.FOLLOW_UP:
        title = _("{lead}: follow up by {time}")
    return _of_clock(clock, person, NotificationKind.DUE_SOON, "due soon", title)


def _past_due(clock: Clock, person: User | None) -> News:
    title = _("{lead}: the decision was due {time}")
    if clock.kind == ClockKind.FOLLOW_UP:
        title = _("{lead}: the first follow-up was due {time}")
    return _of_clock(clock, person, NotificationKind.PAST_DUE, "past due", title)


def _of_clock(
    clock: Clock, person: User | None, kind: NotificationKind, step: str, title: str
) -> News:
    assert person is not None  # noqa: S101 - the caller has looked
    with timezone.override(person.time_zone or None):
        time = date_format(timezone.localtime(clock.due_at), "D j M, H:i T")
    title = title.format(lead=_named(clock.handoff.lead), time=time)
    # Who is told as the rep is not told again as a manager.
    event = f"clock {clock.pk} {step}"
    return _news(clock.handoff, person, kind, event, title, about=clock.pk)


def _news(
    handoff: Handoff,
    person: User,
    kind: NotificationKind,
    event: str,
    title: str,
    *,
    about: int | None = None,
) -> News:
    lead = handoff.lead
    with_whom = _("In the pool of {team}").format(team=handoff.team)
    if handoff.rep_id:
        with_whom = _("With {rep}").format(rep=handoff.rep)
    return News(
        person_id=person.pk,
        kind=kind,
        event=event,
        title=title,
        lines=tuple(filter(None, [lead.role_and_company, with_whom])),
        path=reverse("leads:detail", args=[lead.pk]),
        lead_id=lead.pk,
        about=about,
    )


def _named(lead: Lead) -> str:
    return f"{lead} ({lead.account})" if lead.account else str(lead)


def _has_rep(clock: Clock) -> bool:
    return clock.handoff.rep_id is not None


def _managers() -> Sequence[User]:
    active = User.objects.filter(is_active=True, groups__name=Role.MANAGER)
    return list(active.order_by("pk"))
