"""Other systems of the invented company: what they are told, and their keys.

Everything on the log is decided already, and the addresses lead nowhere, so the demo
calls nobody.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F

from handoff import telling
from handoff.models import Deal, Handoff
from leads import webhooks
from leads.capture import keys
from leads.capture.choices import Scope
from leads.capture.inbound import receiving, sources
from leads.capture.inbound.receiving import Message
from leads.capture.models import ApiKey
from leads.choices import ActivityKind, WebhookKind
from leads.models import Lead, User, WebhookDelivery, WebhookEndpoint
from leads.owed import OwedState

SYNC, BOOKKEEPING = "https://sync.example/hooks/baton", "https://books.example/baton"
# Nothing that happens by itself, so that nobody is called before the visitor decides.
SYNC_KINDS = (WebhookKind.HANDOFF_ACCEPTED, WebhookKind.HANDOFF_REJECTED)
DECISIONS, DEALS, RECEIVED = 12, 4, 5
REFUSED = "It answered 503: Service Unavailable"


def lay_out(*, administrator: User, manager: User, until: datetime) -> None:
    """Connect a warehouse that works and a bookkeeping that fell silent.

    One system sends: the events of the last days, with a record that was refused.
    """
    _make_keys(administrator, manager, until)
    _receive(administrator, manager, until)
    made_at = until - timedelta(days=60)
    sync = _endpoint(
        SYNC, "Customer data: decisions of sales", SYNC_KINDS, administrator, made_at
    )
    _tell_sync()
    _decide(sync)
    books = _endpoint(
        BOOKKEEPING,
        "Bookkeeping: new customers",
        [WebhookKind.DEAL_WON],
        administrator,
        made_at,
    )
    won = Deal.objects.filter(won_at__lte=until - timedelta(days=4))
    latest = list(won.order_by("-won_at", "pk")[:DEALS])
    telling.tell_deals(kind=WebhookKind.DEAL_WON, deals=latest, now=until)
    _fall_silent(books, until)


def _make_keys(administrator: User, manager: User, until: datetime) -> None:
    wanted = {
        "Web shop": ("shop", [Scope.LEADS_WRITE, Scope.ACTIVITIES_WRITE]),
        "Data warehouse, nightly": ("", [Scope.LEADS_READ, Scope.REPORTS_READ]),
    }
    for name, (source_system, scopes) in wanted.items():
        key, _secret = keys.create(
            name=name,
            user=manager,
            scopes=scopes,
            source_system=source_system,
            actor=administrator,
            now=until - timedelta(days=90),
        )
        if source_system:
            used = ApiKey.objects.filter(pk=key.pk)
            used.update(last_used_at=until - timedelta(minutes=12))


def _receive(administrator: User, manager: User, until: datetime) -> None:
    source, _secret = sources.create(
        name="Event platform",
        user=manager,
        source_system="events",
        actor=administrator,
        now=until - timedelta(days=40),
    )
    leads = Lead.objects.exclude(email="").order_by("-pk")
    for number, lead in enumerate(leads[:RECEIVED]):
        at = until - timedelta(hours=3 + 20 * (RECEIVED - number))
        visit = {
            "id": f"visit-{number}",
            "email": lead.email,
            "kind": ActivityKind.EVENT_VISITED,
            "occurred_at": (at - timedelta(minutes=5)).isoformat(),
            "subject": "Logistics Forum",
        }
        stranger = visit | {"id": f"guest-{number}", "email": "guest@nowhere.example"}
        records = [visit, stranger] if number % 2 else [visit]
        body = json.dumps({"activities": records})
        message = Message(f"evt_{number:08}", body.encode(), json.loads(body))
        receiving.receive(source=source, message=message, now=at)


def _endpoint(
    url: str,
    description: str,
    kinds: Sequence[WebhookKind],
    administrator: User,
    now: datetime,
) -> WebhookEndpoint:
    endpoint, _secret = webhooks.create(
        url=url, description=description, kinds=kinds, actor=administrator, now=now
    )
    return endpoint


def _tell_sync() -> None:
    """The latest decisions, the oldest first."""
    decided = Handoff.objects.filter(decided_by__isnull=False).with_names()
    for status in ("accepted", "rejected"):
        found = decided.filter(status=status).order_by("-decided_at", "pk")
        telling.tell(handoffs=list(found[:DECISIONS])[::-1])


def _decide(endpoint: WebhookEndpoint) -> None:
    """All is taken, one at the third try; one was given up."""
    sent = WebhookDelivery.objects.filter(endpoint=endpoint)
    sent.update(
        state=OwedState.DONE,
        attempts=1,
        answer_code=204,
        made_at=F("not_before"),
        ended_at=F("not_before"),
    )
    latest = sent.order_by("-not_before", "pk").values_list("pk", flat=True)
    # A very small workspace has few decisions, or none.
    sent.filter(pk__in=list(latest[2:3])).update(attempts=3)
    sent.filter(pk__in=list(latest[3:4])).update(
        state=OwedState.STUCK,
        attempts=10,
        answer_code=422,
        last_error='It answered 422: {"error": "unknown company"}',
    )


def _fall_silent(endpoint: WebhookEndpoint, until: datetime) -> None:
    """Three days without an answer, so Baton has switched it off."""
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint)
    tried = timedelta(days=3, hours=4)
    waiting.update(made_at=until - tried, not_before=until + timedelta(hours=2))
    given_up = list(waiting.order_by("pk").values_list("pk", flat=True)[:1])
    waiting.exclude(pk__in=given_up).update(
        attempts=2, answer_code=503, last_error=REFUSED
    )
    waiting.filter(pk__in=given_up).update(
        state=OwedState.STUCK,
        attempts=10,
        answer_code=503,
        last_error=REFUSED,
        ended_at=until - timedelta(hours=1),
    )
    why = f"It has taken nothing for three days. The last try: {REFUSED}"
    at = until - timedelta(hours=1)
    webhooks.switch_off(endpoint=endpoint, why=why, now=at)
