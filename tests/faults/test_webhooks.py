"""A worker that dies while it sends loses nothing, and repeats under the same id."""

from datetime import timedelta
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from leads import webhook_sending
from leads.crashpoints import KILLED
from leads.models import WebhookDelivery
from leads.owed import LEASE, OwedState
from tests.faults import processes
from tests.leads.factories import NOON, EndpointFactory, WebhookDeliveryFactory

pytestmark = pytest.mark.django_db(transaction=True)
SEND = f"""
from datetime import datetime
from django.conf import settings
from leads import webhook_sending
settings.OUTGOING_SCHEMES = ["http"]
settings.OUTGOING_NETWORKS = ["127.0.0.1/32"]
settings.OUTGOING_PORTS = [1234]
webhook_sending.send_owed(now=datetime.fromisoformat("{NOON.isoformat()}"))
"""


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_words):
        """As the name says."""


@pytest.fixture
def receiver(settings):
    """A server on this machine: its port, and the ids that it was sent."""
    ids = []

    def answer(environ, start_response):
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        ids.append(environ["HTTP_WEBHOOK_ID"])
        start_response("204 No Content", [])
        return [b""]

    server = make_server("127.0.0.1", 0, answer, handler_class=Quiet)
    thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    settings.OUTGOING_SCHEMES = ["http"]
    settings.OUTGOING_NETWORKS = ["127.0.0.1/32"]
    settings.OUTGOING_PORTS = [server.server_port]
    yield server.server_port, ids
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("crash_at", "sent_by_then"),
    [("webhook_before_send:2", 1), ("webhook_after_send:2", 2)],
)
def test_what_a_killed_worker_held_goes_out_again_under_the_same_id(
    receiver, crash_at, sent_by_then
):
    port, ids = receiver
    endpoint = EndpointFactory(url=f"http://127.0.0.1:{port}/hook")
    owed = [WebhookDeliveryFactory(endpoint=endpoint).message_id for _each in range(3)]

    code = SEND.replace("1234", str(port))
    assert processes.run(code, crash_at=crash_at) == KILLED

    assert ids == owed[:sent_by_then]
    webhook_sending.send_owed(now=NOON)
    assert ids == [*owed[:sent_by_then], owed[2]]
    webhook_sending.send_owed(now=NOON + LEASE + timedelta(seconds=1))
    assert ids == [*owed[:sent_by_then], owed[2], owed[1]]
    assert {row.state for row in WebhookDelivery.objects.all()} == {OwedState.DONE}
    assert webhook_sending.send_owed(now=NOON + timedelta(days=1)) == 0
