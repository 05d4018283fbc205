"""Web sites by their origin: `https://www.acme.com`, without a path."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

_ORIGIN = re.compile(r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(:[0-9]{1,5})?")
_UNFIT = re.compile(r"[\x00-\x20\x7f\\]")


def origin_of(address: str) -> str:
    """The origin of a web address; empty where it has none that is safe to follow.

    An address with a user, a backslash, a blank or a control character has none, since
    browsers and servers disagree on where it leads.
    """
    if _UNFIT.search(address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    origin = f"{parts.scheme}://{parts.netloc}".casefold()
    return origin if _ORIGIN.fullmatch(origin) else ""


def leads_to(address: str, origins: Sequence[str]) -> bool:
    """Whether the address is one of these sites."""
    origin = origin_of(address)
    return bool(origin) and origin in origins


def host_of(origin: str) -> str:
    return origin.partition("://")[2]
