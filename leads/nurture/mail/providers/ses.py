"""Amazon SES, which tells by SNS: a notification holds the message as a text of JSON.

Source: Amazon SES Developer Guide, “Amazon SNS notification contents”; Amazon SNS
Developer Guide, “HTTP/HTTPS notification JSON format”.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from leads.nurture.mail.providers import reading
from leads.nurture.mail.providers.reading import Event, Values

# Nobody is sent anywhere but to Amazon itself.
CONFIRMS = re.compile(
    r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?/\?[\x21-\x7e]{1,1500}"
)


def confirmation(body: Any) -> str:
    """The address by which a person confirms that Amazon may tell us; "" where none.

    Raises:
        ProviderError: it asks for that, by an address that is not Amazon's.
    """
    told = reading.values(body, "Type")
    if reading.text(told, "Type") != "SubscriptionConfirmation":
        return ""
    address = reading.text(told, "SubscribeURL")
    if not CONFIRMS.fullmatch(address):
        raise reading.ProviderError(_("The SubscribeURL is none of Amazon's."))
    return address


def envelope(body: Any) -> str | None:
    """The text of JSON within a notification; None where the message came as it is.

    Raises:
        ProviderError: this is nothing that SNS sends.
    """
    told = reading.values(body, "Type")
    if reading.text(told, "Type") != "Notification":
        return None
    message = told.get("Message")
    if not isinstance(message, str):
        raise reading.ProviderError(_("Expected a text: Message."))
    return message


def events(body: Any) -> list[Event]:
    """What the message of SES tells of addresses; deliveries are none.

    Raises:
        ProviderError: this is nothing that SES sends.
    """
    told = reading.values(body, "notificationType")
    kind = reading.text(told, "notificationType", "eventType")
    if not kind:
        raise reading.ProviderError(_("Expected a text: notificationType."))
    if kind == "Bounce":
        return list(_bounces(told))
    if kind == "Complaint":
        return list(_complaints(told))
    return []


def _bounces(told: Values) -> Iterator[Event]:
    bounce, message_id = reading.within(told, "bounce"), _message_id(told)
    for recipient in reading.objects(bounce, "bouncedRecipients"):
        yield reading.event(
            "bounce",
            email=reading.text(recipient, "emailAddress"),
            message_id=message_id,
            is_permanent=reading.text(bounce, "bounceType") == "Permanent",
            reason=reading.text(recipient, "diagnosticCode", "status"),
        )


def _complaints(told: Values) -> Iterator[Event]:
    complaint, message_id = reading.within(told, "complaint"), _message_id(told)
    said = reading.text(complaint, "complaintFeedbackType")
    if said == "not-spam":
        return
    for recipient in reading.objects(complaint, "complainedRecipients"):
        email = reading.text(recipient, "emailAddress")
        yield reading.event(
            "complaint", email=email, message_id=message_id, reason=said
        )


def _message_id(told: Values) -> str:
    """Our own Message-ID among the headers; SES tells its own beside it."""
    for header in reading.objects(reading.within(told, "mail"), "headers"):
        if reading.text(header, "name").casefold() == "message-id":
            return reading.text(header, "value")
    return ""
