"""Telling managers which leads found no rep, and where there is no room left.

Once for each lead and cause, and once a day for a team that is full: that is one event,
however many leads run into it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff import managers, notices
from handoff.choices import RoutedBy, Skipped
from handoff.models import Handoff
from leads import notifications
from leads.choices import NotificationKind
from leads.models import Notification
from leads.news_words import Words
from leads.notifications import News

# More leads than these of one cause in one round are told together.
MOST_ALONE = 5
NAMES_SHOWN = 5
# News is made once, then addressed to each manager.
NOBODY_YET = 0
NO_ROOM = {Skipped.FULL.value, Skipped.FULL_TODAY.value}
# What expired is told when it is taken away.
UNROUTED_BY = (RoutedBy.NOBODY_FREE, RoutedBy.SENT_BACK)


def tell(*, handoffs: Iterable[Handoff], now: datetime) -> None:
    """Tell the managers of those that went to a pool, as nobody could take them.

    To be called in the transaction of the routing.
    """
    pooled = [one for one in handoffs if one.trace.get("routed_by") in UNROUTED_BY]
    people = managers.ids() if pooled else []
    if not people:
        return
    full = [one for one in pooled if _no_room(one)]
    rest = [one for one in pooled if not _no_room(one)]
    told = [*_of_rooms(full, now), *_of_leads(rest)]
    news = [replace(one, person_id=pk) for one in told for pk in people]
    notifications.notify(news=news, now=now)


def tell_without_team(*, count: int, now: datetime) -> None:
    """Tell the managers, once a day, that no team takes what nobody is named for."""
    text = ngettext(
        "{count} lead waits for sales, and no team takes it",
        "{count} leads wait for sales, and no team takes them",
        count,
    )
    news = [
        News(
            person_id=pk,
            kind=NotificationKind.UNROUTABLE,
            event=f"no team {_day(now)}",
            title=text.format(count=count),
            lines=(_("Choose a default team in the routing plan."),),
            path=reverse("routing:list"),
        )
        for pk in managers.ids()
    ]
    notifications.notify(news=news, now=now)


def words(*, news: Sequence[Notification]) -> dict[int, Words]:
    """What a manager reads of a lead that found no rep, by the id of the news."""
    handoffs = Handoff.objects.filter(pk__in=[one.about for one in news])
    by_id = handoffs.select_related("lead__account", "team").in_bulk()
    return {one.pk: _words(by_id[one.about]) for one in news if one.about in by_id}


def still_matters(*, notification: Notification) -> bool:
    """Whether the lead still waits for a rep; leads told together are not asked."""
    if notification.about is None:
        return True
    waiting = Handoff.objects.pending().filter(rep=None)
    return waiting.filter(pk=notification.about).exists()


def who_could_not(handoff: Handoff) -> list[str]:
    """“Ana Silva: full”, a line for each rep who was asked; none where nobody was.

    Who knows the company and could not take it comes first.
    """
    labels = {one.value: str(one.label) for one in Skipped}
    asked = [
        *handoff.trace.get("passed_over", []),
        *handoff.trace.get("candidates", []),
    ]
    return list(
        dict.fromkeys(
            f"{line['name']}: {labels.get(line['skipped'], line['skipped'])}"
            for line in asked
            if line["skipped"]
        )
    )


def _of_leads(handoffs: Sequence[Handoff]) -> Iterator[News]:
    alike: defaultdict[tuple[int | None, str], list[Handoff]] = defaultdict(list)
    for handoff in handoffs:
        alike[handoff.team_id, _cause(handoff)].append(handoff)
    for (_team_id, cause), found in alike.items():
        if len(found) > MOST_ALONE:
            yield _together(found)
            continue
        for one in found:
            yield News(
                person_id=NOBODY_YET,
                kind=NotificationKind.UNROUTABLE,
                event=f"lead {one.lead_id} cycle {one.cycle} unrouted {cause}",
                wording="unrouted",
                lead_id=one.lead_id,
                about=one.pk,
            )


def _together(handoffs: Sequence[Handoff]) -> News:
    first = handoffs[0]
    title = _("{count} leads found no rep").format(count=len(handoffs))
    cause = _cause(first)
    return News(
        person_id=NOBODY_YET,
        kind=NotificationKind.UNROUTABLE,
        event=f"leads from {first.lead_id} cycle {first.cycle} on unrouted {cause}",
        title=title,
        lines=(first.routed_by, *_why(first), _in_pool(first)),
        path=f"{reverse('handoff:queue')}?tab=pool",
    )


def _of_rooms(handoffs: Sequence[Handoff], now: datetime) -> Iterator[News]:
    """One for each team that is full; for a rep alone, where the rule named one."""
    alike: defaultdict[str, list[Handoff]] = defaultdict(list)
    for handoff in handoffs:
        seen = handoff.trace["candidates"]
        key = f"team {handoff.team_id}"
        alike[f"rep {seen[0]['user']}" if len(seen) == 1 else key].append(handoff)
    for key, found in alike.items():
        first = found[0]
        seen = first.trace["candidates"]
        whose = seen[0]["name"] if len(seen) == 1 else first.team
        waiting = ngettext(
            "{count} lead waits in the pool of {team}",
            "{count} leads wait in the pool of {team}",
            len(found),
        )
        yield News(
            person_id=NOBODY_YET,
            kind=NotificationKind.CAPACITY_FULL,
            event=f"{key} full {_day(now)}",
            title=_("{whose} has no free capacity").format(whose=whose),
            lines=(*_why(first), waiting.format(count=len(found), team=first.team)),
            path=reverse("handoff:desk"),
        )


def _words(handoff: Handoff) -> Words:
    lead = handoff.lead
    lines = (
        lead.role_and_company,
        notices.score(handoff),
        notices.why_now(handoff),
        handoff.routed_by,
        *_why(handoff),
        _in_pool(handoff),
    )
    title = _("{lead} found no rep").format(lead=notices.named(lead))
    return Words(title, tuple(filter(None, lines)))


def _why(handoff: Handoff) -> list[str]:
    """“Ana Silva: full · Tom Becker: away”, or nothing where nobody was asked."""
    seen = who_could_not(handoff)
    if len(seen) > NAMES_SHOWN:
        more = _("{count} more").format(count=len(seen) - NAMES_SHOWN)
        seen = [*seen[:NAMES_SHOWN], more]
    return [" · ".join(seen)] if seen else []


def _in_pool(handoff: Handoff) -> str:
    return _("In the pool of {team}").format(team=handoff.team)


def _no_room(handoff: Handoff) -> bool:
    return bool(NO_ROOM & _skipped(handoff))


def _cause(handoff: Handoff) -> str:
    """In keywords: the same lead is told again only of another one."""
    return "+".join([handoff.trace["routed_by"], *sorted(_skipped(handoff))])


def _skipped(handoff: Handoff) -> set[str]:
    return {line["skipped"] for line in handoff.trace.get("candidates", [])} - {""}


def _day(now: datetime) -> str:
    return timezone.localdate(now, timezone.get_default_timezone()).isoformat()
