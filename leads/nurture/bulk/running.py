"""Doing one thing to many leads, a batch a transaction, by whichever worker is free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import OperationalError, reset_queries, transaction
from django.db.models import Count, F, Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads import bells, copying, notifications
from leads.choices import NotificationKind
from leads.crashpoints import crashpoint
from leads.models import User
from leads.notifications import News
from leads.nurture.bulk.registry import BulkDeedError, Outcome, Wish, deed_of
from leads.nurture.bulk.whom import Whom
from leads.nurture.models import BulkDeed, BulkRefusal
from leads.owed import OwedState
from leads.querysets import LeadQuerySet

BATCH = 500
# After so many batches the worker lets go, so that no deed outlasts its lease.
BATCHES_A_TURN = 40
# So many are done while the person waits; the worker does more than that.
MOST_AT_ONCE = 200
SAMPLE = 5


@dataclass(frozen=True)
class Preview:
    """What would become of it: how many leads, the first of them, the refusals.

    `tried` of them were tried; reasons and how often each is why some are refused.
    """

    total: int
    tried: int = 0
    changed: int = 0
    reasons: list[tuple[str, int]] = field(default_factory=list)

    @property
    def refused(self) -> int:
        return sum(count for _reason, count in self.reasons)

    @property
    def unchanged(self) -> int:
        return self.tried - self.changed - self.refused


def preview(
    *, kind: str, whom: Whom, wish: Wish, actor: User, now: datetime
) -> Preview:
    """Do it to the first leads, count, and take it back.

    Raises:
        BulkDeedError: it cannot be done at all.
    """
    leads = whom.leads(actor)
    lead_ids = list(leads.order_by("pk").values_list("pk", flat=True)[:BATCH])
    deed = deed_of(kind)
    with transaction.atomic():
        said = deed.prepare(wish, actor, now) if deed.prepare else wish
        outcome = deed.act(lead_ids=lead_ids, wish=said, actor=actor, now=now)
        transaction.set_rollback(True)
    counts: dict[str, int] = {}
    for reason in outcome.refused.values():
        counts[reason] = counts.get(reason, 0) + 1
    reasons = sorted(counts.items(), key=lambda one: -one[1])
    total = len(lead_ids) if len(lead_ids) < BATCH else leads.count()
    return Preview(total, len(lead_ids), outcome.changed, reasons)


@transaction.atomic
def ask(
    *, kind: str, whom: Whom, wish: Wish, words: str, actor: User, now: datetime
) -> BulkDeed:
    """Owe the deed to a worker, for the leads that are there now.

    Raises:
        BulkDeedError: it is for nobody.
    """
    found = whom.leads(actor).order_by().aggregate(count=Count("pk"), last=Max("pk"))
    if not found["count"]:
        raise BulkDeedError(_("Nobody is chosen."))
    deed = deed_of(kind)
    made = BulkDeed.objects.create(
        kind=kind,
        wish=dict(deed.prepare(wish, actor, now) if deed.prepare else wish),
        words=words[:200],
        layout=whom.layout,
        query=whom.query if whom.is_filter else "",
        lead_ids=list(whom.lead_ids),
        last_id=found["last"],
        total=found["count"],
        asked_by=actor,
        asked_at=now,
        not_before=now,
    )
    bells.ring("bulk_deeds_owed")
    return made


def do_now(*, deed: BulkDeed, now: datetime) -> None:
    """Do a small one while the person waits, where no worker was faster."""
    if deed.total <= MOST_AT_ONCE and BulkDeed.objects.claim(deed.pk, now=now):
        deed.refresh_from_db()
        _work_on(deed, now, is_awaited=True)
    deed.refresh_from_db()


def continue_owed(*, now: datetime) -> None:
    """Go on with the deed that waits longest, for a bounded number of batches."""
    BulkDeed.objects.give_up(now=now)
    deed = BulkDeed.objects.take(now=now)
    if deed is not None:
        crashpoint("bulk_after_claim")
        _work_on(deed, now, is_awaited=False)


def under_way(*, kind: str, wished: Mapping[str, Any]) -> list[BulkDeed]:
    """Deeds of this kind that are not done yet and wish for this, the oldest first."""
    same = {f"wish__{name}": value for name, value in wished.items()}
    due = BulkDeed.objects.filter(kind=kind, state=OwedState.DUE, **same)
    return list(due.order_by("asked_at", "pk"))


def cancel(*, deed: BulkDeed, now: datetime) -> bool:
    """End it after the batch that is being done; what is done stays."""
    due = BulkDeed.objects.filter(pk=deed.pk, state=OwedState.DUE)
    ended = due.update(state=OwedState.CANCELLED, ended_at=now, lease_until=None)
    return bool(ended)


@transaction.atomic
def run_again(*, deed: BulkDeed, now: datetime) -> bool:
    """Let a stuck deed go on at the lead where it stopped."""
    bells.ring("bulk_deeds_owed")
    return bool(BulkDeed.objects.filter(pk=deed.pk).run_again(now=now))


def _work_on(deed: BulkDeed, now: datetime, *, is_awaited: bool) -> None:
    try:
        is_whole = _turn(deed, now)
    except (BulkDeedError, OperationalError) as error:
        BulkDeed.objects.fail(deed, error=str(error), now=now)
        return
    if is_whole:
        crashpoint("bulk_before_done")
        _finish(deed, now, is_awaited=is_awaited)
        return
    with transaction.atomic():
        held = BulkDeed.objects.held(deed)
        if held.update(lease_until=None, attempts=0, not_before=now):
            bells.ring("bulk_deeds_owed")


def _turn(deed: BulkDeed, now: datetime) -> bool:
    """Whether the last lead was reached; where somebody else took over, False.

    Raises:
        BulkDeedError: whoever asked may not do this any more, nobody may, or the
            segment that it is for is not in use any more.
    """
    actor = deed.asked_by
    if actor is None or not actor.is_active:
        raise BulkDeedError(_("Whoever asked for this has left."))
    if not actor.has_perm(deed_of(deed.kind).permission):
        raise BulkDeedError(_("Whoever asked for this may not do it any more."))
    whom = Whom(layout=deed.layout, query=deed.query, lead_ids=deed.lead_ids)
    if whom.is_gone:
        raise BulkDeedError(_("The segment is not there any more."))
    leads = whom.leads(actor).filter(pk__lte=deed.last_id)
    for _batch in range(BATCHES_A_TURN):
        lead_ids = _next(leads, deed.cursor)
        if not lead_ids:
            return True
        if not _do_batch(deed, lead_ids, actor, now):
            return False
        crashpoint("bulk_after_batch")
        reset_queries()  # with DEBUG on, Django keeps every statement
    return not _next(leads, deed.cursor)


def _next(leads: LeadQuerySet, cursor: int) -> list[int]:
    later = leads.filter(pk__gt=cursor).order_by("pk")
    return list(later.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _do_batch(
    deed: BulkDeed, lead_ids: Sequence[int], actor: User, now: datetime
) -> bool:
    """Do it and write how far it is, together; False where it is not ours now."""
    held = BulkDeed.objects.held(deed)
    if held.select_for_update().first() is None:
        return False
    act = deed_of(deed.kind).act
    outcome = act(lead_ids=lead_ids, wish=deed.wish, actor=actor, now=now)
    crashpoint("bulk_mid_batch")
    copying.insert(
        BulkRefusal,
        ("deed_id", "lead_id", "reason"),
        ((deed.pk, pk, why[:300]) for pk, why in outcome.refused.items()),
    )
    _count(deed, lead_ids, outcome)
    crashpoint("bulk_before_commit")
    return True


def _count(deed: BulkDeed, lead_ids: Sequence[int], outcome: Outcome) -> None:
    deed.cursor = lead_ids[-1]
    BulkDeed.objects.held(deed).update(
        attempts=0,
        cursor=deed.cursor,
        done=F("done") + len(lead_ids),
        changed=F("changed") + outcome.changed,
        refused=F("refused") + len(outcome.refused),
    )


@transaction.atomic
def _finish(deed: BulkDeed, now: datetime, *, is_awaited: bool) -> None:
    if not BulkDeed.objects.finish(deed, now=now):
        return
    deed.refresh_from_db()
    finish = deed_of(deed.kind).finish
    if finish is not None and deed.changed and deed.asked_by is not None:
        finish(deed.wish, deed.changed, deed.asked_by, now)
    if is_awaited or deed.asked_by_id is None:
        return
    news = News(
        person_id=deed.asked_by_id,
        kind=NotificationKind.BULK_DONE,
        event=f"bulk-{deed.pk}",
        title=_("Done: {words}").format(words=deed.words),
        lines=(in_words(deed),),
        path=deed.get_absolute_url(),
    )
    notifications.notify(news=[news], now=now)


def in_words(deed: BulkDeed) -> str:
    """How many changed, were as wanted before, and were refused."""
    parts = [
        ngettext("{count} lead changed", "{count} leads changed", deed.changed).format(
            count=f"{deed.changed:,}"
        )
    ]
    if deed.unchanged:
        parts.append(_("{count} were so before").format(count=f"{deed.unchanged:,}"))
    if deed.refused:
        parts.append(_("{count} refused").format(count=f"{deed.refused:,}"))
    return ", ".join(parts) + "."


def reasons(deed: BulkDeed) -> list[tuple[str, int]]:
    """Why leads were refused, and how many for each, the most first."""
    rows = deed.refusals.order_by().values_list("reason").annotate(count=Count("pk"))
    return list(rows.order_by("-count", "reason"))
