"""Sending webhooks: at least once, under the same id each time.

A worker that dies between sending and writing it down leaves a claim that runs out;
then the message goes out again, and its receiver knows it by the id.
"""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from leads import outgoing, signing, webhook_words, webhooks
from leads.choices import WebhookKind
from leads.crashpoints import crashpoint
from leads.models import WebhookDelivery, WebhookEndpoint
from leads.outgoing import Answer, OutgoingError
from leads.owed import OwedQuerySet

# A call sends at most this many, and begins nothing after this time; the sweep comes
# back for the rest.
BATCH = 200
ROUND_SECONDS = 30.0
# So long a receiver is left alone after the first, second, … failure in a row, so that
# one that is away costs a try now and then, not one for each message that waits.
RESTS = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=1),
)
# Whoever takes nothing for so long, in so many tries, is switched off.
PATIENCE = timedelta(days=3)
FEWEST_FAILURES = 10
GONE = 410  # the receiver says that it wants nothing any more
QUOTED = 200  # so many characters of a refusal are kept


def send_owed(*, now: datetime) -> int:
    """Send what is owed, the endpoints in turn, and count what was taken.

    An endpoint's turn is over for this round at its first failure.
    """
    WebhookDelivery.objects.give_up(now=now)
    endpoints = list(WebhookEndpoint.objects.filter(removed_at=None))
    taken = tried = 0
    until = time.monotonic() + ROUND_SECONDS
    while endpoints and tried < BATCH:
        for endpoint in list(endpoints):
            delivery = _owed_to(endpoint, now).take(now=now)
            is_taken = delivery is not None and _send(delivery, endpoint, now)
            tried, taken = tried + 1, taken + is_taken
            if not is_taken:
                endpoints.remove(endpoint)
            if time.monotonic() >= until:
                return taken
    return taken


def _owed_to(endpoint: WebhookEndpoint, now: datetime) -> OwedQuerySet[WebhookDelivery]:
    """What may go out to the endpoint; a test goes to one that is off or rests too."""
    deliveries = WebhookDelivery.objects.filter(endpoint=endpoint)
    if not endpoint.is_on or endpoint.is_resting(now):
        return deliveries.filter(kind=WebhookKind.TEST)
    return deliveries


def _send(delivery: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime) -> bool:
    """Post a claimed delivery, and write down what came back; whether it was taken."""
    crashpoint("webhook_before_send")
    try:
        answer = _post(delivery, endpoint, now)
    except OutgoingError as error:
        _note_failure(delivery, endpoint, code=None, error=str(error), now=now)
        return False
    crashpoint("webhook_after_send")
    if not answer.is_success:
        words = _words_of(answer)
        _note_failure(delivery, endpoint, code=answer.status, error=words, now=now)
        return False
    with transaction.atomic():
        _keep_code(delivery, answer.status)
        WebhookDelivery.objects.finish(delivery, now=now)
        if endpoint.failures and delivery.kind != WebhookKind.TEST:
            _forgive(endpoint)
    return True


def _words_of(answer: Answer) -> str:
    """How a refusal is shown, with its beginning."""
    said = answer.body[: 4 * QUOTED].decode("utf-8", "replace").replace("\0", "")
    text = _("It answered {code}: {text}") if said else _("It answered {code}.")
    return text.format(code=answer.status, text=said[:QUOTED])


def _post(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime
) -> Answer:
    secrets = signing.secrets_of(
        seed=endpoint.seed,
        former_seed=endpoint.former_seed,
        former_until=endpoint.former_until,
        now=now,
    )
    body = delivery.body
    if endpoint.is_chat:
        body = webhook_words.chat_body(body)
    signed = signing.headers_of(
        message_id=delivery.message_id, body=body, secrets=secrets, now=now
    )
    return outgoing.post(
        url=endpoint.url,
        body=body.encode(),
        headers={"Content-Type": "application/json", **signed},
    )


@transaction.atomic
def _note_failure(
    delivery: WebhookDelivery,
    endpoint: WebhookEndpoint,
    *,
    code: int | None,
    error: str,
    now: datetime,
) -> None:
    """Let the delivery wait for its next try, and the endpoint rest.

    A test is tried once, and says nothing against the endpoint.
    """
    _keep_code(delivery, code)
    if delivery.kind == WebhookKind.TEST:
        WebhookDelivery.objects.abandon(delivery, error=error, now=now)
        return
    WebhookDelivery.objects.fail(delivery, error=error, now=now)
    rows = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    rest = RESTS[min(endpoint.failures, len(RESTS) - 1)]
    endpoint.failing_since = endpoint.failing_since or now
    rows.update(
        failures=F("failures") + 1,
        failing_since=endpoint.failing_since,
        rests_until=now + rest,
    )
    endpoint.failures += 1
    if code == GONE:
        why = _("It answered that it is gone (410).")
        webhooks.switch_off(endpoint=endpoint, why=why, now=now)
    elif _is_hopeless(endpoint, now):
        why = _("It has taken nothing for three days. The last try: {error}")
        words = why.format(error=error)
        webhooks.switch_off(endpoint=endpoint, why=words, now=now)


def _is_hopeless(endpoint: WebhookEndpoint, now: datetime) -> bool:
    since = endpoint.failing_since or now
    return endpoint.failures >= FEWEST_FAILURES and now - since >= PATIENCE


def _forgive(endpoint: WebhookEndpoint) -> None:
    endpoint.failures, endpoint.failing_since = 0, None
    rows = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    rows.update(failures=0, failing_since=None, rests_until=None)


def _keep_code(delivery: WebhookDelivery, code: int | None) -> None:
    WebhookDelivery.objects.held(delivery).update(answer_code=code)
