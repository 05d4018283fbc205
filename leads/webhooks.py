"""The endpoints that are told what happens: made, changed, switched on and off."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads import bells, notifications, outbox, outgoing, signing
from leads.choices import NotificationKind, WebhookKind
from leads.models import User, WebhookDelivery, WebhookEndpoint
from leads.notifications import News
from leads.owed import OwedState

# How long a secret that was replaced still counts.
GRACE = timedelta(hours=24)
# Deliveries are kept so long.
KEPT_FOR = timedelta(days=30)
# Deleted with one statement; the next round takes more.
MOST_FORGOTTEN = 5_000
# What an administrator may choose; a test is sent to whoever asks for it.
KINDS = tuple(kind for kind in WebhookKind if kind != WebhookKind.TEST)


def create(
    *,
    url: str,
    description: str,
    kinds: Sequence[WebhookKind],
    actor: User | None,
    now: datetime,
    is_chat: bool = False,
) -> tuple[WebhookEndpoint, str]:
    """Make an endpoint, and return it with its secret, which is shown once.

    Raises:
        RefusedAddressError: the address may not be called.
    """
    outgoing.parsed(url)
    endpoint = WebhookEndpoint.objects.create(
        url=url,
        description=description.strip(),
        kinds=[kind.value for kind in kinds],
        is_chat=is_chat,
        seed=signing.new_seed(),
        created_at=now,
        created_by=actor,
    )
    return endpoint, signing.secret_of(endpoint.seed)


def change(
    *,
    endpoint: WebhookEndpoint,
    url: str,
    description: str,
    kinds: Sequence[WebhookKind],
    is_chat: bool = False,
) -> WebhookEndpoint:
    """Write what a person changed; it holds for what happens from now on.

    Raises:
        RefusedAddressError: the address may not be called.
    """
    outgoing.parsed(url)
    endpoint.url, endpoint.description = url, description.strip()
    endpoint.kinds = [kind.value for kind in kinds]
    endpoint.is_chat = is_chat
    endpoint.save(update_fields=["url", "description", "kinds", "is_chat"])
    return endpoint


@transaction.atomic
def rotate(*, endpoint: WebhookEndpoint, now: datetime) -> str:
    """Replace the secret, and return the new one, which is shown once.

    What goes out within the next day is signed with both.
    """
    locked = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    locked.former_seed, locked.former_until = locked.seed, now + GRACE
    locked.seed = signing.new_seed()
    locked.save(update_fields=["seed", "former_seed", "former_until"])
    return signing.secret_of(locked.seed)


def switch(*, endpoint: WebhookEndpoint, is_on: bool, now: datetime) -> None:
    """Let the endpoint be told again, or no more; what waits stays and goes out then.

    Whoever switches it on forgives what failed before.
    """
    changed = WebhookEndpoint.objects.filter(pk=endpoint.pk, removed_at=None)
    changed.exclude(is_on=is_on).update(
        is_on=is_on,
        off_at=None if is_on else now,
        off_why="",
        failures=0,
        failing_since=None,
        rests_until=None,
    )
    if is_on:
        bells.ring("webhooks_owed")


@transaction.atomic
def remove(*, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Tell the endpoint nothing any more; what still waits for it is cancelled."""
    living = WebhookEndpoint.objects.filter(pk=endpoint.pk, removed_at=None)
    living.update(is_on=False, removed_at=now)
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=OwedState.DUE)
    waiting.update(state=OwedState.CANCELLED, ended_at=now, lease_until=None)


def send_test(*, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """Owe the endpoint a message that says nothing; it is tried once, even when off."""
    words = {"message": _("This is a test of your webhook.")}
    made = WebhookDelivery.objects.create(
        endpoint=endpoint,
        kind=WebhookKind.TEST,
        body=outbox.body_of(WebhookKind.TEST, now, words),
        not_before=now,
        made_at=now,
    )
    bells.ring("webhooks_owed")
    return made


def send_again(*, delivery: WebhookDelivery, now: datetime) -> bool:
    """Let an ended delivery go out once more, under the same id; False while it waits.

    A receiver that has it already knows it by the id.
    """
    ended = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(state=OwedState.DUE)
    is_owed = ended.filter(endpoint__removed_at=None).update(
        state=OwedState.DUE,
        attempts=0,
        not_before=now,
        ended_at=None,
        last_error="",
        answer_code=None,
    )
    if is_owed:
        bells.ring("webhooks_owed")
    return bool(is_owed)


@transaction.atomic
def switch_off(*, endpoint: WebhookEndpoint, why: str, now: datetime) -> bool:
    """Tell a receiver nothing any more that takes nothing, and administrators so.

    False where it was off before.
    """
    on = WebhookEndpoint.objects.filter(pk=endpoint.pk, is_on=True)
    if not on.update(is_on=False, off_at=now, off_why=why, rests_until=None):
        return False
    waiting = endpoint.deliveries.filter(state=OwedState.DUE).count()
    text = ngettext(
        "{count} message waits; it goes out when you switch the webhook on again.",
        "{count} messages wait; they go out when you switch the webhook on again.",
        waiting,
    )
    title = _("The webhook “{name}” was switched off").format(name=endpoint)
    people = User.objects.filter(is_active=True, is_superuser=True)
    news = [
        News(
            person_id=person_id,
            kind=NotificationKind.WEBHOOK_OFF,
            event=f"webhook {endpoint.pk} off {now.isoformat()}",
            title=title,
            lines=(why, text.format(count=waiting)),
            path=endpoint.get_absolute_url(),
        )
        for person_id in people.values_list("pk", flat=True)
    ]
    notifications.notify(news=news, now=now)
    return True


def forget(*, now: datetime) -> int:
    """Delete deliveries that are older than 30 days, and count them."""
    old = WebhookDelivery.objects.filter(made_at__lt=now - KEPT_FOR).order_by("made_at")
    pks = list(old.values_list("pk", flat=True)[:MOST_FORGOTTEN])
    return WebhookDelivery.objects.filter(pk__in=pks).delete()[0]
