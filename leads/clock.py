"""The instant at which a task works."""

from datetime import UTC, datetime

from django.utils import timezone


def instant(text: str | None) -> datetime:
    """The given ISO 8601 instant, or now; without an offset it is in UTC.

    Raises:
        ValueError: the text is no instant.
    """
    if text is None:
        return timezone.now()
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
