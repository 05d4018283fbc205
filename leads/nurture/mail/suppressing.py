"""Addresses that get no mail, whoever has them."""

from datetime import datetime

from django.db import transaction

from leads.models import User
from leads.nurture.choices import SuppressionWhy
from leads.nurture.models import Suppression
from leads.text import email_key


@transaction.atomic
def suppress(
    *,
    email: str,
    why: SuppressionWhy,
    note: str,
    actor: User | None,
    now: datetime,
) -> bool:
    """Send nothing to this address from now on; False where that held before."""
    _row, is_new = Suppression.objects.get_or_create(
        email_key=email_key(email),
        defaults={"why": why, "note": note[:200], "actor": actor, "at": now},
    )
    return is_new


def lift(*, pk: int) -> bool:
    """Let mail go to the address again; False where it is on the list no more."""
    gone, _by_table = Suppression.objects.filter(pk=pk).delete()
    return bool(gone)


def holds(address_key: str) -> bool:
    """Whether the address, as it is found again, gets no mail."""
    return Suppression.objects.filter(email_key=address_key).exists()
