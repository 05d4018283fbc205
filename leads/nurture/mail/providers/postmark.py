"""Postmark: one event a message, named by its `RecordType`.

Source: Postmark developer documentation, “Bounce webhook”, “Spam complaint webhook”,
“Subscription change webhook”, “Bounce types”.
"""

from typing import Any

from leads.nurture.mail.providers import reading
from leads.nurture.mail.providers.reading import Event

FOR_GOOD = ("HardBounce", "BadEmailAddress", "ManuallyDeactivated")
COMPLAINTS = ("SpamComplaint", "SpamNotification")
# Why Postmark itself sends nothing more to an address.
WHY_SUPPRESSED = {
    "HardBounce": "bounce",
    "SpamComplaint": "complaint",
    "ManualSuppression": "unsubscribe",
}


def events(body: Any) -> list[Event]:
    """What of the message is about an address; opens and deliveries are not.

    Raises:
        ProviderError: this is nothing that Postmark sends.
    """
    told = reading.values(body, "RecordType")
    message_id = reading.text(told, "MessageID")
    match reading.text(told, "RecordType"):
        case "":
            raise reading.ProviderError("RecordType?")
        case "Bounce":
            bounce_type = reading.text(told, "Type")
            return [
                reading.event(
                    "complaint" if bounce_type == "SpamComplaint" else "bounce",
                    email=reading.text(told, "Email"),
                    message_id=message_id,
                    is_permanent=bounce_type in (*FOR_GOOD, "SpamComplaint"),
                    reason=reading.text(told, "Details", "Description"),
                )
            ]
        case "SpamComplaint":
            email = reading.text(told, "Email")
            return [reading.event("complaint", email=email, message_id=message_id)]
        case "SubscriptionChange" if told.get("SuppressSending") is True:
            kind = WHY_SUPPRESSED.get(reading.text(told, "SuppressionReason"))
            email = reading.text(told, "Recipient")
            if kind:
                return [reading.event(kind, email=email, message_id=message_id)]
    return []
