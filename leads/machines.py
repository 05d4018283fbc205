"""Telling machines from people: scanners, prefetchers, robots, and ourselves.

Plain values in, reasons out; `leads.activities` stores them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from leads.choices import ActivityKind, MachineReason

# A scanner follows the links of a mail at once; a person reads in between.
SCAN_WINDOW = timedelta(seconds=5)
# So many different links in the window are a scan; fewer where the mail has fewer.
SCANNED_LINKS = 3
PREFETCH_WINDOW = timedelta(seconds=2)
MAIL_KINDS = (
    ActivityKind.EMAIL_SENT,
    ActivityKind.EMAIL_OPENED,
    ActivityKind.EMAIL_CLICKED,
)
# What is in the name of a browser that nobody looks at.
AGENTS = (
    "applebot", "barracuda", "bingbot", "crawler", "curl/", "facebookexternalhit",
    "googlebot", "headlesschrome", "linkedinbot", "mimecast", "proofpoint",
    "python-requests", "safelinks", "slackbot", "spider", "symantec", "telegrambot",
    "trendmicro", "twitterbot", "wget/",
)  # fmt: skip


@dataclass(frozen=True)
class Ours:
    """Mail domains, and networks as `192.0.2.0/24`, of our own people."""

    domains: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()

    def includes(self, *, email_key: str, address: str) -> bool:
        """Whether this lead or this address of a computer is one of us."""
        if email_key.rpartition("@")[2] in self.domains:
            return True
        try:
            computer = ip_address(address)
        except ValueError:
            return False
        networks = (ip_network(text, strict=False) for text in self.networks)
        return any(computer in network for network in networks)


@dataclass(frozen=True)
class MailEvent:
    """A mail sent, opened or clicked. `mail` tells one mail to a lead from another.

    `links` is how many the mail has, where the sender says so.
    """

    activity_id: int
    lead_id: int
    kind: str
    at: datetime
    mail: str
    url: str
    links: int | None = None


def reason_alone(
    *, properties: Mapping[str, Any], email_key: str, ours: Ours
) -> MachineReason | None:
    """What one activity says of itself, without its neighbours."""
    if str(properties.get("method", "")).upper() == "HEAD":
        return MachineReason.HEAD
    agent = str(properties.get("user_agent", "")).casefold()
    if any(name in agent for name in AGENTS):
        return MachineReason.AGENT
    if ours.includes(email_key=email_key, address=str(properties.get("ip", ""))):
        return MachineReason.OURS
    return None


def reasons_together(events: Iterable[MailEvent]) -> dict[int, MachineReason]:
    """By activity: the opens and clicks that nobody can have done by hand.

    The order in which the events became known plays no part.
    """
    by_mail: defaultdict[tuple[int, str], list[MailEvent]] = defaultdict(list)
    for event in events:
        by_mail[event.lead_id, event.mail].append(event)
    found: dict[int, MachineReason] = {}
    for of_one_mail in by_mail.values():
        found |= dict.fromkeys(_prefetched(of_one_mail), MachineReason.PREFETCH)
        found |= dict.fromkeys(_scanned(of_one_mail), MachineReason.SCANNER)
    return found


def _prefetched(events: Sequence[MailEvent]) -> Iterator[int]:
    sent = [event.at for event in events if event.kind == ActivityKind.EMAIL_SENT]
    for event in events:
        if event.kind == ActivityKind.EMAIL_OPENED and any(
            timedelta(0) <= event.at - at <= PREFETCH_WINDOW for at in sent
        ):
            yield event.activity_id


def _scanned(events: Sequence[MailEvent]) -> Iterator[int]:
    clicks = [event for event in events if event.kind == ActivityKind.EMAIL_CLICKED]
    clicks.sort(key=lambda click: click.at)
    # Of one link nothing can be said, however often it is followed.
    known = [click.links for click in clicks if click.links and click.links > 1]
    needed = min([*known, SCANNED_LINKS])
    for first, click in enumerate(clicks):
        window = [one for one in clicks[first:] if one.at - click.at <= SCAN_WINDOW]
        if len({one.url for one in window}) >= needed:
            yield from (one.activity_id for one in window)
