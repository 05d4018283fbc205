"""Calls out: which addresses are refused before anything is sent, and what is sent."""

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from leads import outgoing
from leads.outgoing import NoAnswerError, OutgoingError, RefusedAddressError
from tests.bad_inputs import cases

PUBLIC = "93.184.215.14"
# What the names of the list lead to.
NAMES = {
    "localhost": "127.0.0.1",
    "localhost.": "127.0.0.1",
    "metadata.google.internal": "169.254.169.254",
    "rebind.test": "127.0.0.1",
    "good.example": PUBLIC,
    "two.example": PUBLIC,
}


@pytest.fixture
def resolver(monkeypatch):
    """Names lead where the table says, and no connection is ever opened."""
    asked = []
    real = socket.getaddrinfo

    def resolve(host, port, **kwargs):
        asked.append(host)
        if host == "two.example":
            rows = [PUBLIC, "10.0.0.1"]
        elif host in NAMES:
            rows = [NAMES[host]]
        else:
            return real(host, port, flags=socket.AI_NUMERICHOST, **kwargs)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in rows]

    def connect(address, **kwargs):
        raise AssertionError(address)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"),  # noqa: S104
        *("[::1]", "[::]", "[fd00::1]", "[fe80::1]", "[::ffff:127.0.0.1]"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]"),
    ],
)
def test_an_address_that_is_not_public_is_never_called(resolver, address):
    with pytest.raises(RefusedAddressError, match="not a public address"):
        outgoing.post(url=f"https://{address}/", body=b"", headers={})


def test_one_private_answer_among_public_ones_is_refused(resolver):
    with pytest.raises(RefusedAddressError):
        outgoing.post(url="https://two.example/", body=b"", headers={})


def test_a_name_is_resolved_once_and_the_connection_goes_to_that_address(
    resolver, monkeypatch
):
    connected = []

    def connect(address, **kwargs):
        connected.append(address)
        raise OSError("stop here")

    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(NoAnswerError, match="stop here"):
        outgoing.post(url="https://good.example/hook", body=b"", headers={})

    assert resolver == ["good.example"]
    assert connected == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    "url",
    [
        "http://good.example/",
        "https://good.example:22/",
        "https://user:secret@good.example/",
        "https://good.example\\@127.0.0.1/",
        "https://good.example/#here",
        "https://good.example/a b",
        "https://good.example/\r\nX-Evil: 1",
        "https:///nowhere",
        "ftp://good.example/",
        "good.example",
        "",
        "https://good.example/" + "a" * 3_000,
    ],
)
def test_what_is_no_https_address_on_a_known_port_is_refused(resolver, url):
    with pytest.raises(RefusedAddressError):
        outgoing.parsed(url)


@pytest.mark.parametrize(("case", "expect"), cases("outbound_urls"))
@pytest.mark.parametrize("schemes", [["https"], ["https", "http"]])
def test_no_hostile_address_is_called(resolver, settings, schemes, case, expect):
    settings.OUTGOING_SCHEMES = schemes
    settings.OUTGOING_PORTS = [443, 80, 6379, 8000]
    if case["id"] == "OU-31":
        pytest.skip("a redirect, which is not followed: the next test")

    with pytest.raises(OutgoingError):
        outgoing.post(url=case["value"], body=b"", headers={})


class Receiver(BaseHTTPRequestHandler):
    """Answers as its server says, and keeps what it was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *args):
        pass


@contextmanager
def receiver(*, status=200, answer=b"ok"):
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.status, server.answer, server.received = status, answer, []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def own_network(settings):
    """A receiver on this machine may be called, as one in the house would be."""
    settings.OUTGOING_SCHEMES = ["http"]
    settings.OUTGOING_NETWORKS = ["127.0.0.0/8"]

    def allow(port):
        settings.OUTGOING_PORTS = [port]
        return f"http://127.0.0.1:{port}/hook?a=1"

    return allow


def test_a_receiver_in_an_allowed_network_gets_body_and_headers(own_network):
    with receiver() as server:
        url = own_network(server.server_port)
        answer = outgoing.post(url=url, body=b"{}", headers={"X-Kind": "test"})

    (path, headers, body) = server.received[0]
    assert (answer.status, answer.body, answer.is_success) == (200, b"ok", True)
    assert (path, body, headers["X-Kind"]) == ("/hook?a=1", b"{}", "test")
    assert headers["Host"] == f"127.0.0.1:{server.server_port}"


def test_a_redirect_is_an_answer_and_is_not_followed(own_network):
    with receiver(status=302) as server:
        url = own_network(server.server_port)
        answer = outgoing.post(url=url, body=b"{}", headers={})

    assert (answer.status, answer.is_success) == (302, False)
    assert len(server.received) == 1


def test_a_long_answer_is_cut(own_network):
    with receiver(answer=b"x" * 200_000) as server:
        url = own_network(server.server_port)
        answer = outgoing.post(url=url, body=b"{}", headers={})

    assert len(answer.body) == outgoing.MOST_BYTES


def test_who_does_not_answer_in_time_is_cut_off(own_network, monkeypatch):
    monkeypatch.setattr(outgoing, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = own_network(silent.getsockname()[1])

        with pytest.raises(NoAnswerError):
            outgoing.post(url=url, body=b"{}", headers={})


def test_nobody_at_the_address_is_told_as_such(own_network):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(NoAnswerError, match="refused"):
        outgoing.post(url=own_network(port), body=b"{}", headers={})
