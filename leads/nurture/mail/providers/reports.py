"""Taking a message of any provider that is known."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models.enums import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.nurture.mail.providers import mailgun, postmark, reading, sendgrid, ses
from leads.nurture.mail.providers.reading import Event, ProviderError

# More of one message is nothing that a provider sends.
MOST_EVENTS = 5_000


class Provider(TextChoices):
    """Whose format is understood; the value is the last part of the address."""

    SES = "ses", gettext_lazy("Amazon SES")
    MAILGUN = "mailgun", "Mailgun"
    POSTMARK = "postmark", "Postmark"
    SENDGRID = "sendgrid", "SendGrid"


@dataclass(frozen=True)
class Report:
    """What a message tells: events, or an address at which to confirm."""

    events: list[Event] = field(default_factory=list)
    confirms_at: str = ""


READERS: dict[Provider, Callable[[Any], list[Event]]] = {
    Provider.MAILGUN: mailgun.events,
    Provider.POSTMARK: postmark.events,
    Provider.SENDGRID: sendgrid.events,
}


def report(*, provider: Provider, body: Any) -> Report:
    """What the parsed body of a message tells.

    Raises:
        ProviderError: the provider sends nothing like it.
    """
    if provider == Provider.SES:
        return _of_ses(body)
    return Report(_bounded(READERS[provider](body)))


def _of_ses(body: Any) -> Report:
    if address := ses.confirmation(body):
        return Report(confirms_at=address)
    message = ses.envelope(body)
    if message is None and reading.text(body, "Type"):
        return Report()  # such as that the subscription has ended
    if message is not None:
        try:
            body = json.loads(message)
        except (ValueError, RecursionError) as error:
            # SES sends a plain sentence to try the subscription.
            if message.startswith("Successfully validated"):
                return Report()
            raise ProviderError(_("The Message is not JSON.")) from error
    return Report(_bounded(ses.events(body)))


def _bounded(events: list[Event]) -> list[Event]:
    if len(events) > MOST_EVENTS:
        text = _("At most {count} events in a message.")
        raise ProviderError(text.format(count=MOST_EVENTS))
    return events
