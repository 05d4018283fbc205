"""The instant at which a task works."""

from datetime import UTC, datetime, timedelta

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


# How far back a page may be read on as of the instant at which it was opened.
OLDEST_FROZEN = timedelta(hours=1)


def frozen_instant(text: str | None, *, now: datetime) -> datetime:
    """The instant at which a list was opened, so that its next pages follow on.

    `text` is in seconds since 1970. Anything else, an instant to come, and one that is
    more than an hour old are now.
    """
    try:
        at = datetime.fromtimestamp(int(text or ""), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return now.replace(microsecond=0)
    return at if now - OLDEST_FROZEN <= at <= now else now.replace(microsecond=0)
