"""Telling reps that a manager gave leads at work from one of them to another.

Who gives many at once tells each rep once, with the first names.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff import notices
from handoff.choices import HandoffStatus
from handoff.models import Handoff
from leads import notifications
from leads.choices import NotificationKind
from leads.models import Lead, User
from leads.notifications import News

# So many leads are named; the rest are counted.
MOST_NAMED = 5


@dataclass(frozen=True)
class Said:
    """By whom, when and why; `event` is unlike that of any other deed."""

    event: str
    reason: str
    actor: User
    now: datetime


def tell_given(
    *, former_by_lead_id: Mapping[int, int | None], to: User | None, said: Said
) -> None:
    """Tell who has these leads now, and each who had some; never whoever did it."""
    leads = Lead.objects.filter(pk__in=list(former_by_lead_id))
    by_former: defaultdict[int | None, list[Lead]] = defaultdict(list)
    everything = list(leads.select_related("account").order_by("pk"))
    for lead in everything:
        by_former[former_by_lead_id[lead.pk]].append(lead)
    news = []
    if to is not None and everything:
        news.append(_to_next(everything, to, said))
    for person_id, lost in by_former.items():
        if person_id is not None:
            news.append(_to_former(lost, person_id, to, said))
    told = [one for one in news if one.person_id != said.actor.pk]
    notifications.notify(news=told, now=said.now)


def _to_next(leads: Sequence[Lead], to: User, said: Said) -> News:
    one = leads[0] if len(leads) == 1 else None
    title = _("{actor} gave you {count} leads to work on").format(
        actor=said.actor, count=len(leads)
    )
    if one:
        title = _("{actor} gave you {lead} to work on").format(
            actor=said.actor, lead=notices.named(one)
        )
    owned = f"{reverse('leads:list')}?owner={to.pk}"
    return News(
        person_id=to.pk,
        kind=NotificationKind.LEAD_ASSIGNED,
        event=said.event,
        title=title,
        lines=_lines(leads, said),
        path=_address(one) if one else owned,
        lead_id=one.pk if one else None,
    )


def _to_former(
    leads: Sequence[Lead], person_id: int, to: User | None, said: Said
) -> News:
    one = leads[0] if len(leads) == 1 else None
    rep = to or _("nobody")
    title = _("{actor} gave {count} of your leads to {rep}").format(
        actor=said.actor, count=len(leads), rep=rep
    )
    if one:
        title = _("{actor} gave {lead} to {rep}").format(
            actor=said.actor, lead=notices.named(one), rep=rep
        )
    return News(
        person_id=person_id,
        kind=NotificationKind.HANDOFF_MOVED,
        event=said.event,
        title=title,
        lines=_lines(leads, said),
        path=_address(one) if one else reverse("leads:list"),
        lead_id=one.pk if one else None,
    )


def _address(lead: Lead) -> str:
    return reverse("leads:detail", args=[lead.pk])


def _lines(leads: Sequence[Lead], said: Said) -> tuple[str, ...]:
    """For one lead what a hand-off says of it, for several their names; and why."""
    if len(leads) == 1:
        lines = [leads[0].role_and_company, *_of_offer(leads[0])]
    else:
        named = [notices.named(lead) for lead in leads[:MOST_NAMED]]
        rest = len(leads) - len(named)
        more = ngettext("and {count} more", "and {count} more", rest)
        lines = [*named, more.format(count=rest) if rest else ""]
    return tuple(filter(None, [*lines, said.reason]))


def _of_offer(lead: Lead) -> list[str]:
    """Score and why, as the rep who accepted the lead read them."""
    accepted = Handoff.objects.filter(lead=lead, status=HandoffStatus.ACCEPTED)
    handoff = accepted.order_by("-decided_at", "-pk").first()
    return [notices.score(handoff), notices.why_now(handoff)] if handoff else []
