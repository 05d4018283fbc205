"""A system that sends webhooks, rightly signed or as a hostile case says."""

import base64
import hashlib
import hmac
import json
import time

from leads import signing
from leads.capture.inbound import sources
from leads.choices import Role
from tests.leads.factories import NOON, UserFactory

PERSON = {"email": "maya@northwind.example", "first_name": "Maya"}
VISIT = {"id": "v-1", "email": PERSON["email"], "kind": "page_view"}
VISIT |= {"occurred_at": "2026-03-01T10:00:00Z", "url": "/pricing"}
BATCH = {"leads": [PERSON], "activities": [VISIT]}


def make_source(**options):
    """A source of a manager, with its secret."""
    said = {"name": "Events", "source_system": "events", "actor": None, "now": NOON}
    said |= {"user": UserFactory(role=Role.MANAGER)}
    return sources.create(**(said | options))


def signed(secret, webhook_id, timestamp, body):
    """The signature in base64, made by hand, and not by what checks it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    told = f"{webhook_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()


def headers_for(secret, body, *, webhook_id="msg_1", age=0):
    timestamp = str(int(time.time()) - age)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signed(secret, webhook_id, timestamp, body)}",
    }


def post(client, source, body, headers, **options):
    return client.post(
        f"/api/v1/hooks/{source.slug}",
        body,
        content_type=options.get("content_type", "application/json"),
        headers=headers,
    )


def send(client, source, content=BATCH, *, secret=None, **options):
    """Send content as JSON, signed with the source's secret."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    secret = secret or signing.secret_of(source.seed)
    return post(client, source, body, headers_for(secret, body, **options))


def headers_of_case(case, secret, body):
    """The headers that a case of the hostile list describes."""
    webhook_id = case.get("webhook_id", "msg_" + "x" * case.get("webhook_id_repeat", 1))
    timestamp = case.get("timestamp", str(int(time.time()) - case.get("age", 0)))
    wrong = base64.b64encode(bytes(32)).decode()
    right = signed(secret, webhook_id, timestamp, body)
    if case.get("encoding") == "hex":
        right = base64.b64decode(right).hex()
    version = case.get("signature_version", "v1")
    names = case.get("signatures", ["right"])
    listed = [f"{version},{right if name == 'right' else wrong}" for name in names]
    if case.get("duplicate_header"):
        listed = [f"{listed[0]},{listed[0]}"]  # as a server joins the two
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": case.get("signature", " ".join(listed)),
    }
    match case.get("tamper"):
        case "id":
            headers["webhook-id"] = "msg_2"
        case "timestamp":
            headers["webhook-timestamp"] = str(int(timestamp) - 1)
    if case.get("header_case") == "upper":
        headers = {name.upper(): value for name, value in headers.items()}
    return {
        name: it for name, it in headers.items() if name not in case.get("drop", [])
    }
