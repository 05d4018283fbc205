"""Segments: who is in them, and the one way they are made and changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from leads import conditions
from leads.conditions import ConditionError, Tree
from leads.models import Lead, User
from leads.nurture.choices import SegmentDeed, SegmentKind
from leads.nurture.condition_fields import SUBJECT
from leads.nurture.models import Segment, SegmentEvent, SegmentMember
from leads.querysets import LeadQuerySet
from leads.text import email_key, name_key

BATCH = 500
# Counting while somebody types stops behind this.
MOST_COUNTED = 10_000
# What the list of segments shows is at most this old.
COUNTED_EVERY = timedelta(hours=1)
# A call of the duty counts at most so many segments.
COUNTED_AT_ONCE = 20


class SegmentError(Exception):
    """The segment cannot be made like this; `field` is where, the message why."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Counted:
    """How many leads were found, at most one more than are counted."""

    count: int

    @property
    def in_words(self) -> str:
        is_more = self.count > MOST_COUNTED
        return f"{MOST_COUNTED:,}+" if is_more else f"{self.count:,}"


def matching(tree: Tree) -> LeadQuerySet:
    """The living leads for whom the conditions hold.

    Raises:
        ConditionError: the tree is not valid.
    """
    return Lead.objects.living().filter(conditions.compile_q(tree, SUBJECT))


def members(segment: Segment) -> LeadQuerySet:
    """Who is in the segment now; nobody where its conditions are valid no more."""
    if segment.is_list:
        chosen = segment.members.values("lead")
        return Lead.objects.living().filter(pk__in=chosen)
    try:
        return matching(segment.conditions)
    except ConditionError:
        return Lead.objects.none()


def membership(segment: Segment, prefix: str = "") -> Q:
    """The question whether the lead at `prefix` is in the segment."""
    return Q(**{f"{prefix}pk__in": members(segment).order_by().values("pk")})


def count(leads: LeadQuerySet) -> Counted:
    """How many these are, counted as far as it costs little."""
    return Counted(leads.order_by().values("pk")[: MOST_COUNTED + 1].count())


@transaction.atomic
def create(
    *,
    name: str,
    description: str = "",
    kind: SegmentKind,
    tree: Tree,
    actor: User | None,
    now: datetime,
) -> Segment:
    """Make a segment; its leads are counted at once.

    Raises:
        SegmentError: another has this name, or the conditions say nothing sensible.
    """
    _check(tree, kind)
    segment = Segment(
        name=name,
        name_key=name_key(name),
        description=description,
        kind=kind,
        conditions=dict(tree),
        created_by=actor,
        created_at=now,
    )
    _save(segment, None)
    _note(segment, SegmentDeed.CREATED, actor, now, words=in_words(segment))
    _count(segment, now)
    return segment


@transaction.atomic
def change(
    *,
    segment: Segment,
    said: Mapping[str, Any],
    tree: Tree,
    actor: User | None,
    now: datetime,
) -> None:
    """Give it another name, description or conditions; the same again changes nothing.

    Raises:
        SegmentError: another has this name, or the conditions say nothing sensible.
    """
    segment.refresh_from_db(from_queryset=Segment.objects.select_for_update())
    _check(tree, SegmentKind(segment.kind))
    before = (segment.name, segment.description, segment.conditions)
    segment.name = said["name"]
    segment.name_key = name_key(segment.name)
    segment.description = said["description"]
    segment.conditions = dict(tree)
    if before == (segment.name, segment.description, segment.conditions):
        return
    _save(segment, ["name", "name_key", "description", "conditions"])
    _note(segment, SegmentDeed.CHANGED, actor, now, words=in_words(segment))
    _count(segment, now)


@transaction.atomic
def add(*, segment: Segment, leads: LeadQuerySet, actor: User, now: datetime) -> int:
    """Put leads into a segment chosen by hand; how many were not in it."""
    added = put(segment=segment, leads=leads, actor=actor, now=now)
    if added:
        note_added(segment=segment, count=added, actor=actor, now=now)
    return added


@transaction.atomic
def put(*, segment: Segment, leads: LeadQuerySet, actor: User, now: datetime) -> int:
    """As `add`, but one batch of many: the caller notes them all at the end."""
    _lock_list(segment)
    new = leads.exclude(pk__in=segment.members.values("lead")).order_by("pk")
    lead_ids = list(new.values_list("pk", flat=True))
    SegmentMember.objects.bulk_create(
        [
            SegmentMember(segment=segment, lead_id=pk, added_by=actor, added_at=now)
            for pk in lead_ids
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    return len(lead_ids)


@transaction.atomic
def note_added(*, segment: Segment, count: int, actor: User, now: datetime) -> None:
    """Write down that so many leads were put into it, and count its leads."""
    _note(segment, SegmentDeed.ADDED, actor, now, count=count)
    _count(segment, now)


@transaction.atomic
def remove(
    *, segment: Segment, lead_ids: Sequence[int], actor: User, now: datetime
) -> int:
    """Take leads out of a segment chosen by hand; how many were in it."""
    _lock_list(segment)
    gone, _by_table = segment.members.filter(lead__in=lead_ids).delete()
    if gone:
        _note(segment, SegmentDeed.REMOVED, actor, now, count=gone)
        _count(segment, now)
    return gone


@transaction.atomic
def archive(*, segment: Segment, is_off: bool, actor: User, now: datetime) -> bool:
    """Put the segment away, or with `is_off` take it back out; whether it was news."""
    there = Segment.objects.filter(pk=segment.pk, archived_at__isnull=not is_off)
    if not there.update(archived_at=None if is_off else now):
        return False
    deed = SegmentDeed.RESTORED if is_off else SegmentDeed.ARCHIVED
    _note(segment, deed, actor, now)
    return True


def by_addresses(
    addresses: Sequence[str], *, user: User
) -> tuple[LeadQuerySet, list[str]]:
    """The leads with these e-mail addresses, and the addresses that nobody has."""
    by_key = {email_key(address): address for address in addresses}
    leads = Lead.objects.visible_to(user).living()
    known = dict(leads.filter(email_key__in=by_key).values_list("email_key", "pk"))
    found = leads.filter(pk__in=known.values())
    return found, [typed for key, typed in by_key.items() if key not in known]


def count_again(*, now: datetime) -> int:
    """Count the segments in use whose count is old; how many were counted."""
    in_use = Segment.objects.filter(archived_at=None)
    old = in_use.filter(Q(counted_at=None) | Q(counted_at__lte=now - COUNTED_EVERY))
    due = list(old.order_by(F("counted_at").asc(nulls_first=True))[:COUNTED_AT_ONCE])
    for segment in due:
        _count(segment, now)
    return len(due)


def in_words(segment: Segment) -> str:
    """What a lead must be like to be in it."""
    if segment.is_list:
        return _("Leads chosen by hand")
    try:
        conditions.validate(segment.conditions, SUBJECT)
    except ConditionError as error:
        return str(error)
    return conditions.describe(segment.conditions, SUBJECT)


def _check(tree: Tree, kind: SegmentKind) -> None:
    if kind == SegmentKind.LIST:
        return
    try:
        conditions.validate(tree, SUBJECT)
    except ConditionError as error:
        raise SegmentError("", str(error)) from error


def _save(segment: Segment, update_fields: list[str] | None) -> None:
    try:
        with transaction.atomic():
            segment.save(update_fields=update_fields)
    except IntegrityError as error:
        text = _("Another segment has this name, perhaps an archived one.")
        raise SegmentError("name", text) from error


def _lock_list(segment: Segment) -> None:
    segment.refresh_from_db(from_queryset=Segment.objects.select_for_update())
    if not segment.is_list:
        raise SegmentError("", _("Conditions say who is in this segment."))


def _count(segment: Segment, now: datetime) -> None:
    segment.counted = members(segment).count()
    segment.counted_at = now
    segment.save(update_fields=["counted", "counted_at"])


def _note(
    segment: Segment,
    deed: SegmentDeed,
    actor: User | None,
    now: datetime,
    *,
    words: str = "",
    count: int | None = None,
) -> None:
    SegmentEvent.objects.create(
        segment=segment, deed=deed, actor=actor, at=now, words=words, count=count
    )
