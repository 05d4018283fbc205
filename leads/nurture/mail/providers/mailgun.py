"""Mailgun: one event a message, under `event-data`.

Source: Mailgun documentation, “Tracking Messages”, “Event Structure”.
"""

from typing import Any

from leads.nurture.mail.providers import reading
from leads.nurture.mail.providers.reading import Event

KINDS = {
    "failed": "bounce",
    "complained": "complaint",
    "unsubscribed": "unsubscribe",
}
# It gave up for what has nothing to do with the address.
NOT_THE_ADDRESS = ("generic", "old", "espblock")


def events(body: Any) -> list[Event]:
    """What of the message is about an address; opens and deliveries are not.

    Raises:
        ProviderError: this is nothing that Mailgun sends.
    """
    told = reading.values(reading.values(body, "event-data").get("event-data"), "event")
    kind = KINDS.get(reading.text(told, "event"))
    if kind is None:
        return []
    status = reading.within(told, "delivery-status")
    is_permanent = reading.text(told, "severity") != "temporary"
    why = reading.text(told, "reason")
    return [
        reading.event(
            kind,
            email=reading.text(told, "recipient"),
            message_id=reading.text(
                reading.within(told, "message", "headers"), "message-id"
            ),
            is_permanent=is_permanent and why not in NOT_THE_ADDRESS,
            reason=reading.text(status, "message", "description") or why,
        )
    ]
