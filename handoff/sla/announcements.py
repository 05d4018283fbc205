"""Telling people of promises: due soon, past due, taken away, given to somebody else.

Called in the transaction that notes the step, so nobody is told of one that was not
noted, nor twice of one that was.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from handoff import managers, notices
from handoff.choices import ClockKind, HandoffStatus
from handoff.models import Clock, Handoff
from handoff.sla import expiries
from leads import notifications
from leads.choices import NotificationKind
from leads.models import Notification, Standing, User
from leads.news_words import Words
from leads.notifications import News


def tell(
    *,
    warned: Sequence[Clock],
    missed: Sequence[Clock],
    escalated: Sequence[Clock],
    now: datetime,
) -> None:
    """Warn reps, tell them what is past due, and tell the managers what still is.

    The clocks come with their hand-off.
    """
    soon, late = NotificationKind.DUE_SOON, NotificationKind.PAST_DUE
    keepers = keepers_of([*warned, *missed])
    news = [
        _of_clock(clock, person_id, kind)
        for clocks, kind in ((warned, soon), (missed, late))
        for clock in clocks
        if (person_id := keepers[clock.pk])
    ]
    people = managers.ids() if escalated else []
    news += [_of_clock(clock, pk, late) for clock in escalated for pk in people]
    notifications.notify(news=news, now=now)


def keepers_of(clocks: Sequence[Clock]) -> dict[int, int | None]:
    """Who is to keep each promise, by the id of the clock: the rep of the offer.

    A first follow-up is kept by whoever works on the lead by now, since a manager may
    have given it to somebody else.
    """
    of_leads = [
        clock.handoff.lead_id for clock in clocks if clock.kind == ClockKind.FOLLOW_UP
    ]
    owners: dict[int, int | None] = {}
    if of_leads:
        owned = Standing.objects.filter(pk__in=of_leads)
        owners = dict(owned.values_list("pk", "owner"))
    return {
        clock.pk: clock.handoff.rep_id
        if clock.kind == ClockKind.DECISION
        else owners.get(clock.handoff.lead_id) or clock.handoff.rep_id
        for clock in clocks
    }


def tell_expired(*, handoffs: Sequence[Handoff], now: datetime) -> None:
    """Tell reps what was taken from them, and managers what goes to the pool."""
    found = expiries.of_leads([handoff.lead_id for handoff in handoffs])
    people = managers.ids()
    news = []
    for handoff in handoffs:
        goes_to_pool = found[handoff.lead_id].goes_to_pool
        told = [handoff.rep_id, *(people if goes_to_pool else [])]
        news += [
            News(
                person_id=person_id,
                kind=NotificationKind.HANDOFF_MOVED,
                event=f"handoff {handoff.pk} expired",
                wording="to_pool" if goes_to_pool else "to_next_rep",
                lead_id=handoff.lead_id,
                about=handoff.pk,
            )
            for person_id in told
            if person_id is not None
        ]
    notifications.notify(news=news, now=now)


def clock_words(*, news: Sequence[Notification]) -> dict[int, Words]:
    """What a person reads of a promise, by the id of the news."""
    clocks = Clock.objects.filter(pk__in=[one.about for one in news]).select_related(
        "handoff__lead__account", "handoff__rep", "handoff__team"
    )
    by_id, people = clocks.in_bulk(), _people(news)
    return {
        one.pk: Words(
            _of_promise(by_id[one.about], one.kind, people[one.person_id]),
            _lines(by_id[one.about].handoff),
        )
        for one in news
        if one.about in by_id
    }


def expiry_words(*, news: Sequence[Notification]) -> dict[int, Words]:
    """What a person reads of a lead that was taken away, by the id of the news."""
    handoffs = Handoff.objects.filter(pk__in=[one.about for one in news])
    by_id = handoffs.select_related("lead__account", "rep", "team").in_bulk()
    titles = {
        "to_next_rep": _("{lead} goes to the next rep: nobody decided in time"),
        "to_pool": _("{lead} goes to the pool: nobody decided in time"),
    }
    return {
        one.pk: Words(
            titles[one.wording].format(lead=notices.named(by_id[one.about].lead)),
            _lines(by_id[one.about]),
        )
        for one in news
        if one.about in by_id
    }


def tell_reassigned(
    *, moved: Sequence[tuple[Handoff, User | None]], actor: User, now: datetime
) -> None:
    """Tell each rep who had one of these that a manager gave it to somebody else."""
    news = [
        _of_reassigned(handoff, former, actor, now)
        for handoff, former in moved
        if former is not None and former != actor
    ]
    notifications.notify(news=news, now=now)


def _of_reassigned(handoff: Handoff, former: User, actor: User, now: datetime) -> News:
    text = _("{actor} gave {lead} to {rep}")
    if handoff.rep is None:
        text = _("{actor} put {lead} into the pool")
    title = text.format(actor=actor, lead=notices.named(handoff.lead), rep=handoff.rep)
    return News(
        person_id=former.pk,
        kind=NotificationKind.HANDOFF_MOVED,
        event=f"handoff {handoff.pk} moved {now.isoformat()}",
        title=title,
        lines=_lines(handoff),
        path=reverse("leads:detail", args=[handoff.lead_id]),
        lead_id=handoff.lead_id,
    )


def tell_decided(*, handoffs: Iterable[Handoff], actor: User, now: datetime) -> None:
    """Tell each rep of these what somebody else has decided for them."""
    news = [_of_decided(one, actor, now) for one in handoffs if _is_told(one, actor)]
    notifications.notify(news=news, now=now)


def _of_decided(handoff: Handoff, actor: User, now: datetime) -> News:
    kind = NotificationKind.HANDOFF_MOVED
    match handoff.status:
        case HandoffStatus.ACCEPTED:
            kind = NotificationKind.LEAD_ASSIGNED
            text = _("{actor} accepted {lead} for you")
        case HandoffStatus.REJECTED:
            text = _("{actor} rejected {lead}, which waited for you: {reason}")
        case _:
            text = _("{actor} withdrew {lead}, which waited for you")
    lead = notices.named(handoff.lead)
    title = text.format(actor=actor, lead=lead, reason=handoff.reason)
    return _for_the_rep(handoff, kind, title, now)


def tell_undecided(*, handoff: Handoff, actor: User, now: datetime) -> None:
    """Tell the rep that somebody else took their decision for the rep back."""
    if not _is_told(handoff, actor):
        return
    text = _("{actor} took that back: {lead} waits for you again")
    title = text.format(actor=actor, lead=notices.named(handoff.lead))
    news = _for_the_rep(handoff, NotificationKind.HANDOFF_MOVED, title, now)
    notifications.notify(news=[news], now=now)


def _is_told(handoff: Handoff, actor: User) -> bool:
    """Whether there is a rep, who is not the one who did it."""
    return handoff.rep_id not in (None, actor.pk)


def _for_the_rep(
    handoff: Handoff, kind: NotificationKind, title: str, now: datetime
) -> News:
    return News(
        person_id=handoff.rep_id,  # type: ignore[arg-type]
        kind=kind,
        event=f"handoff {handoff.pk} {handoff.status} {now.isoformat()}",
        title=title,
        lines=_lines(handoff),
        path=reverse("handoff:brief", args=[handoff.pk]),
        lead_id=handoff.lead_id,
    )


def still_matters(*, notification: Notification) -> bool:
    """Whether the promise that somebody is told of is still to be kept."""
    running = Clock.objects.running().filter(
        pk__in=[notification.about], paused_at=None
    )
    return running.exists()


def _of_clock(clock: Clock, person_id: int, kind: NotificationKind) -> News:
    # Who is told as the rep is not told again as a manager.
    step = "due soon" if kind == NotificationKind.DUE_SOON else "past due"
    return News(
        person_id=person_id,
        kind=kind,
        event=f"clock {clock.pk} {step}",
        wording="clock",
        lead_id=clock.handoff.lead_id,
        about=clock.pk,
    )


def _of_promise(clock: Clock, kind: str, person: User) -> str:
    """“Maya Okafor (Northwind): decide by Mon 2 Mar, 21:00 CET”."""
    titles = {
        (NotificationKind.DUE_SOON, ClockKind.DECISION): _("{lead}: decide by {time}"),
        (NotificationKind.DUE_SOON, ClockKind.FOLLOW_UP): _(
            "{lead}: follow up by {time}"
        ),
        (NotificationKind.PAST_DUE, ClockKind.DECISION): _(
            "{lead}: the decision was due {time}"
        ),
        (NotificationKind.PAST_DUE, ClockKind.FOLLOW_UP): _(
            "{lead}: the first follow-up was due {time}"
        ),
    }
    with timezone.override(person.time_zone or None):
        time = date_format(timezone.localtime(clock.due_at), "D j M, H:i T")
    title = titles[NotificationKind(kind), ClockKind(clock.kind)]
    return title.format(lead=notices.named(clock.handoff.lead), time=time)


def _lines(handoff: Handoff) -> tuple[str, ...]:
    with_whom = _("In the pool of {team}").format(team=handoff.team)
    if handoff.rep:
        with_whom = _("With {rep}").format(rep=handoff.rep)
    lines = [
        handoff.lead.role_and_company,
        notices.score(handoff),
        notices.why_now(handoff),
        with_whom,
    ]
    return tuple(filter(None, lines))


def _people(news: Sequence[Notification]) -> dict[int, User]:
    return User.objects.in_bulk([one.person_id for one in news])
