"""Editing why deals are won or lost: a reason is retired, never deleted.

A deal keeps the words of its reason, so what is edited holds from then on.
"""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from handoff import places
from handoff.choices import DealEnd
from handoff.models import DealReason


class NameTakenError(Exception):
    """Another reason has these words; the message says so."""


def add(*, end: DealEnd, label: str, needs_note: bool) -> DealReason:
    """A new reason behind the others; a retired one of that name is used again."""
    last = DealReason.objects.filter(end=end).aggregate(last=Max("position"))["last"]
    reason, _made = DealReason.objects.update_or_create(
        end=end,
        label=label,
        defaults={
            "needs_note": needs_note,
            "is_on": True,
            "position": (last or 0) + 1,
        },
    )
    return reason


def edit(*, reason: DealReason, label: str, needs_note: bool) -> DealReason:
    """Give it these words; deals that ended before keep theirs.

    Raises:
        NameTakenError: somebody gave them to another reason meanwhile.
    """
    reason.label, reason.needs_note = label, needs_note
    try:
        with transaction.atomic():
            reason.save(update_fields=["label", "needs_note"])
    except IntegrityError:
        raise NameTakenError(_("There is a reason of this name.")) from None
    return reason


@transaction.atomic
def move(*, reason: DealReason, by: int) -> None:
    """Let the reason change places with the one before (-1) or after (+1), if any."""
    in_use = DealReason.objects.filter(end=reason.end, is_on=True)
    order = places.swap(list(in_use.select_for_update()), reason, by)
    DealReason.objects.bulk_update(order, ["position"])


def use(*, reason: DealReason, is_on: bool) -> None:
    """Offer the reason, or retire it."""
    reason.is_on = is_on
    reason.save(update_fields=["is_on"])
