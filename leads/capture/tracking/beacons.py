"""Page views as the script of a site sends them: read, judged, and written down."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from django.conf import settings
from django.db import transaction

from leads import activities, machines
from leads.capture import limits, values
from leads.capture.addresses import limited_as
from leads.capture.hosted import public_form
from leads.capture.limits import Limit
from leads.capture.models import Visit, Visitor
from leads.capture.sites import leads_to
from leads.capture.tracking import visitors
from leads.capture.values import ValueRefusedError
from leads.choices import MachineReason
from leads.machines import Ours

LONGEST_BODY = 8_192  # bytes
LONGEST_URL = 2_000
LONGEST_TITLE = 500
# Ids that the script makes up: of the browser, and of one view.
KEY = re.compile(r"[A-Za-z0-9-]{16,40}")

_MINUTE = timedelta(minutes=1)
BY_ADDRESS = Limit(240, _MINUTE, 240)
BY_VISITOR = Limit(60, _MINUTE, 60)
# What these did is not kept at all; there is nobody whom it could tell of.
MACHINES = (MachineReason.HEAD, MachineReason.AGENT)


class BeaconError(Exception):
    """The beacon is not one of our script; the message says what is wrong."""


@dataclass(frozen=True)
class PageView:
    """One view of a page of ours. `url` is without the query and the fragment."""

    visitor_key: str
    view_key: str
    url: str
    title: str
    properties: dict[str, Any]


@dataclass(frozen=True)
class Caller:
    """What the request says of who sends it."""

    user_agent: str
    address: str
    method: str
    is_prefetch: bool = False


def read(body: bytes) -> PageView:
    """The page view in the body of a beacon.

    Raises:
        BeaconError: it is none, or not of a page of ours.
    """
    if len(body) > LONGEST_BODY:
        raise BeaconError("The body is too long.")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BeaconError("The body is no JSON.") from error
    if not isinstance(told, dict) or not all(
        isinstance(told.get(name, ""), str) for name in ("v", "i", "u", "t", "r")
    ):
        raise BeaconError("The body is no object of texts.")
    visitor_key, view_key = told.get("v", ""), told.get("i", "")
    if not (KEY.fullmatch(visitor_key) and KEY.fullmatch(view_key)):
        raise BeaconError("The ids have another form.")
    url = told.get("u", "")
    if not leads_to(url, settings.TRACKED_SITES):
        raise BeaconError("The page is none of our sites.")
    properties = _campaign_of(url) | _text("referrer", _bare(told.get("r", "")))
    title = _text("title", told.get("t", "")[:LONGEST_TITLE]).get("title", "")
    bare = _text("url", _bare(url)).get("url")
    if not bare or len(bare) > LONGEST_URL:
        raise BeaconError("The address of the page is too long or holds odd text.")
    return PageView(visitor_key, view_key, bare, title, properties)


def is_machine(caller: Caller) -> bool:
    """Whether nobody looked at the page: a robot, or a browser that reads ahead."""
    properties = {"method": caller.method, "user_agent": caller.user_agent}
    reason = machines.reason_alone(properties=properties, email_key="", ours=Ours())
    return caller.is_prefetch or reason in MACHINES


def take(*, view: PageView, caller: Caller, now: datetime) -> None:
    """Count one view against the limits and write it down.

    Raises:
        OverLimitError: this visitor or address had too many within the last minute.
    """
    sender = f"beacon:address:{limited_as(caller.address)}"
    # One commit for all of it, since each costs as much as the rest together.
    with transaction.atomic():
        limits.take(name=sender, limit=BY_ADDRESS, now=now)
        name = f"beacon:visitor:{view.visitor_key}"
        limits.take(name=name, limit=BY_VISITOR, now=now)
        visit = _noted(view, caller, now)
    _give_to_lead(visit)


def record(*, view: PageView, caller: Caller, now: datetime) -> None:
    """Write the view down: with the lead whose browser it is, else with the visitor.

    The same view sent again changes nothing.
    """
    _give_to_lead(_noted(view, caller, now))


@transaction.atomic
def _noted(view: PageView, caller: Caller, now: datetime) -> Visit:
    """The view; stored where nobody knows whose it is."""
    fresh = Visitor(key=view.visitor_key, first_seen_at=now, last_seen_at=now)
    Visitor.objects.bulk_create([fresh], ignore_conflicts=True)
    # Locked, or a view would be stored while the others join their lead.
    visitor = Visitor.objects.select_for_update().get(key=view.visitor_key)
    if visitor.last_seen_at < now:
        visitor.last_seen_at = now
        visitor.save(update_fields=["last_seen_at"])
    visit = Visit(
        visitor=visitor,
        view_key=view.view_key,
        occurred_at=now,
        url=view.url,
        title=view.title,
        properties=view.properties | _who(caller),
    )
    if visitor.lead_id is None:
        Visit.objects.bulk_create([visit], ignore_conflicts=True)
    return visit


def _give_to_lead(visit: Visit) -> None:
    """Record the view of somebody known.

    After the visitor is let go: a form locks the lead first and the visitor second, and
    whoever went the other way would meet it.
    """
    if visit.visitor.lead_id is not None:
        activity = visitors.activity_of(visit, visitor=visit.visitor)
        activities.record(activities=[activity])


def _who(caller: Caller) -> dict[str, str]:
    """What is kept of the caller: the address only where it is one of ours.

    By it the view is marked as that of our own people.
    """
    ours = Ours(networks=tuple(settings.OWN_NETWORKS))
    kept = {"user_agent": caller.user_agent}
    if ours.includes(email_key="", address=caller.address):
        kept["ip"] = caller.address
    return kept


def _campaign_of(url: str) -> dict[str, str]:
    query = dict(parse_qsl(urlsplit(url).query, max_num_fields=200)[:200])
    return public_form.told(query, public_form.UTM)


def _bare(url: str) -> str:
    """The address without what it may tell of the person: query and fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https"):
        return ""
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def _text(name: str, text: str) -> dict[str, str]:
    """The text under that name, where it is not blank and fit to be stored."""
    try:
        plain = values.text_up_to(LONGEST_URL)(values.plain(text))
    except ValueRefusedError:
        return {}
    return {name: plain} if plain else {}
