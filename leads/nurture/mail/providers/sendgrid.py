"""SendGrid: a list of events, each with our Message-ID as `smtp-id`.

Source: SendGrid documentation, “Event Webhook Reference”.
"""

from typing import Any

from django.utils.translation import gettext as _

from leads.nurture.mail.providers import reading
from leads.nurture.mail.providers.reading import Event, Values

# What it did not even try, since the address was known to be bad or angry.
DROPPED = {
    "bounced address": "bounce",
    "invalid": "bounce",
    "spam reporting address": "complaint",
    "unsubscribed address": "unsubscribe",
}
KINDS = {
    "bounce": "bounce",
    "blocked": "bounce",
    "spamreport": "complaint",
    "unsubscribe": "unsubscribe",
    "group_unsubscribe": "unsubscribe",
}


def events(body: Any) -> list[Event]:
    """What of the list is about an address; opens and deliveries are not.

    Raises:
        ProviderError: this is nothing that SendGrid sends.
    """
    if not isinstance(body, list):
        raise reading.ProviderError(_("Expected the list of events."))
    found = []
    for row in body:
        told = reading.values(row, "event")
        kind = _kind(told)
        if kind:
            found.append(_event(kind, told))
    return found


def _kind(told: Values) -> str:
    name = reading.text(told, "event").casefold()
    if name == "dropped":
        return DROPPED.get(reading.text(told, "reason").casefold(), "")
    return KINDS.get(name, "")


def _event(kind: str, told: Values) -> Event:
    # A block is the mail's fault or the day's, and not the address's.
    is_block = "blocked" in (reading.text(told, "type"), reading.text(told, "event"))
    return reading.event(
        kind,
        email=reading.text(told, "email"),
        message_id=reading.text(told, "smtp-id"),
        reason=reading.text(told, "reason", "status"),
        is_permanent=not is_block,
    )
