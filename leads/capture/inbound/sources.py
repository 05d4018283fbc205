"""The systems that may send webhooks: made, switched on and off, removed."""

import secrets
from datetime import datetime

from django.db import transaction

from leads import signing
from leads.capture.models import WebhookSource
from leads.models import User
from leads.webhooks import GRACE


def create(
    *, name: str, user: User, source_system: str, actor: User | None, now: datetime
) -> tuple[WebhookSource, str]:
    """Make a source, and return it with its secret, which is shown once."""
    source = WebhookSource.objects.create(
        name=name.strip(),
        slug=secrets.token_hex(12),
        user=user,
        source_system=source_system.strip(),
        seed=signing.new_seed(),
        created_at=now,
        created_by=actor,
    )
    return source, signing.secret_of(source.seed)


@transaction.atomic
def rotate(*, source: WebhookSource, now: datetime) -> str:
    """Replace the secret, and return the new one, which is shown once.

    For a day the former one counts too.
    """
    locked = WebhookSource.objects.select_for_update().get(pk=source.pk)
    locked.former_seed, locked.former_until = locked.seed, now + GRACE
    locked.seed = signing.new_seed()
    locked.save(update_fields=["seed", "former_seed", "former_until"])
    return signing.secret_of(locked.seed)


def switch(*, source: WebhookSource, is_on: bool) -> None:
    """Take what the source sends, or refuse it."""
    WebhookSource.objects.filter(pk=source.pk).update(is_on=is_on)


def remove(*, source: WebhookSource) -> None:
    """Forget the source and its log; the leads and activities that it brought stay."""
    source.delete()
