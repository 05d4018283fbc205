"""Telling our own people what happened: in the workspace, by mail, by chat.

Any room calls `notify` in the transaction of what happened. The news stands in the list
of the person at once; what goes out by mail or chat is owed, and `leads.deliveries`
sends it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from leads import bells, bulk, notification_times
from leads.choices import MailTiming, NotificationChannel, NotificationKind
from leads.models import (
    Notification,
    NotificationChoice,
    NotificationDelivery,
    NotificationPreference,
    User,
)

# Mailed at once to whoever has not chosen otherwise; the rest stands in the list alone.
URGENT = (
    NotificationKind.LEAD_ASSIGNED,
    NotificationKind.PAST_DUE,
    NotificationKind.HANDOFF_MOVED,
    NotificationKind.UNROUTABLE,
    NotificationKind.CAPACITY_FULL,
    NotificationKind.DATA_WRONG,
    NotificationKind.QUESTION_ASKED,
    NotificationKind.WEBHOOK_OFF,
)
TITLE_LENGTH = 300
# More than so many unread ones are not counted.
MOST_COUNTED = 100
NO_PREFERENCE = NotificationPreference()
_TOLD = (
    *("person_id", "kind", "event", "about", "title", "lines", "path"),
    *("lead_id", "wording", "made_at"),
)
_OWED = ("notification_id", "channel", "is_digest", "not_before")


@dataclass(frozen=True)
class News:
    """What one person is told; `event` is unique with the person.

    `path` leads to the thing itself and begins with `/`. `about` is the id of the row
    that `settings.STILL_MATTERS` asks about before a mail goes out. News of which there
    may be thousands at once has no words of its own but a `wording`, of those in
    `settings.NEWS_WORDS`, and a lead to which it leads.
    """

    person_id: int
    kind: NotificationKind
    event: str
    title: str = ""
    lines: tuple[str, ...] = ()
    path: str = ""
    lead_id: int | None = None
    about: int | None = None
    wording: str = ""


@dataclass(frozen=True)
class Wish:
    """How one person wants one kind of news."""

    mail: MailTiming
    is_chatted: bool


@dataclass(frozen=True)
class Way:
    """How and when news of one kind leaves for one person."""

    channel: NotificationChannel
    is_digest: bool
    not_before: datetime


def usual(kind: NotificationKind) -> Wish:
    """How whoever has chosen nothing is told."""
    return Wish(MailTiming.AT_ONCE if kind in URGENT else MailTiming.OFF, False)


@transaction.atomic(savepoint=False)
def notify(*, news: Sequence[News], now: datetime) -> int:
    """Tell people, and count what is new to them; a repeat makes none.

    The number of queries does not grow with the news.
    """
    fresh = _fresh(news)
    if not fresh:
        return 0
    # Where somebody else told it just now, the row is theirs, and its key is read.
    rows = [_row(one, now) for one in fresh.values()]
    keys = bulk.insert(Notification, _TOLD, rows, known_by=("person", "event"))
    ways = _ways_of(fresh.values(), now)
    owed = [
        (key, way.channel, way.is_digest, way.not_before)
        for key, one in zip(keys, fresh.values(), strict=True)
        for way in ways[one.person_id, one.kind]
    ]
    known_by = ("notification", "channel")
    bulk.insert(NotificationDelivery, _OWED, owed, known_by=known_by)
    if owed:
        bells.ring("notifications_owed")
    return len(rows)


def _fresh(news: Sequence[News]) -> dict[tuple[int, str], News]:
    """By person and event: those that the person has not been told of."""
    by_key = {(one.person_id, one.event): one for one in news}
    known = Notification.objects.filter(
        person__any_of={person_id for person_id, _ in by_key},
        event__any_of={event for _, event in by_key},
    )
    for key in known.values_list("person", "event"):
        by_key.pop(key, None)
    return by_key


def _row(one: News, now: datetime) -> tuple[Any, ...]:
    """The columns `_TOLD`."""
    title = " ".join(one.title.split())[:TITLE_LENGTH]
    told = (one.person_id, one.kind.value, one.event, one.about, title)
    return (*told, list(one.lines), one.path, one.lead_id, one.wording, now)


def _ways_of(
    news: Collection[News], now: datetime
) -> dict[tuple[int, NotificationKind], list[Way]]:
    """By person and kind: on which ways all news of that kind leaves."""
    people = {one.person_id for one in news}
    told = User.objects.select_related("notification_preference").in_bulk(people)
    wishes = wishes_of(people=people)
    return {
        (person_id, kind): list(
            _ways(told[person_id], wishes[person_id].get(kind) or usual(kind), now)
        )
        for person_id, kind in {(one.person_id, one.kind) for one in news}
    }


def _ways(person: User, wish: Wish, now: datetime) -> Iterator[Way]:
    preference = getattr(person, "notification_preference", NO_PREFERENCE)
    timings = {NotificationChannel.MAIL: wish.mail}
    if wish.is_chatted and preference.chat_url:
        timings[NotificationChannel.WEBHOOK] = MailTiming.AT_ONCE
    for channel, timing in timings.items():
        if timing != MailTiming.OFF:
            due_at = notification_times.due_at(
                now=now,
                timing=timing,
                zone=zone_named(person.time_zone),
                digest_hour=preference.digest_hour,
                quiet_hours=preference.quiet_hours,
            )
            yield Way(channel, timing != MailTiming.AT_ONCE, due_at)


def wishes_of(*, people: Collection[int]) -> dict[int, dict[str, Wish]]:
    """What these people have chosen: by person, by kind."""
    chosen: defaultdict[int, dict[str, Wish]] = defaultdict(dict)
    for row in NotificationChoice.objects.filter(person__in=people):
        wish = Wish(MailTiming(row.mail), row.is_chatted)
        chosen[row.person_id][row.kind] = wish
    return chosen


def zone_named(name: str) -> ZoneInfo:
    """The zone of that name, or the workspace's where the person has chosen none."""
    return ZoneInfo(name or timezone.get_default_timezone_name())


def unread(*, person: User) -> int:
    """How many of the person's news are unread; `MOST_COUNTED` stands for more."""
    return Notification.objects.filter(person=person, read_at=None)[
        :MOST_COUNTED
    ].count()


def mark_read(
    *, person: User, now: datetime, notification_ids: Collection[int] | None = None
) -> int:
    """Mark these, or with None all, of the person's news as read, and count them."""
    unread = Notification.objects.filter(person=person, read_at=None)
    if notification_ids is not None:
        unread = unread.filter(pk__in=notification_ids)
    return unread.update(read_at=now)


@transaction.atomic
def choose(
    *,
    person: User,
    preference: NotificationPreference,
    wishes: dict[NotificationKind, Wish],
) -> None:
    """Store how the person wants to be told; it holds for what happens from now on."""
    preference.person = person
    NotificationPreference.objects.bulk_create(
        [preference],
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["quiet_from", "quiet_until", "digest_hour", "chat_url"],
    )
    NotificationChoice.objects.bulk_create(
        [
            NotificationChoice(
                person=person, kind=kind, mail=wish.mail, is_chatted=wish.is_chatted
            )
            for kind, wish in wishes.items()
        ],
        update_conflicts=True,
        unique_fields=["person", "kind"],
        update_fields=["mail", "is_chatted"],
    )
