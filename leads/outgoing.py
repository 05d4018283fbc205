"""Calls out of the workspace: the one HTTP client that may be given a foreign address.

An address that a person typed, or a name that its owner lets point elsewhere tomorrow,
must not reach what only this machine can reach. So the name is resolved once, every
answer has to be a public address, and the connection goes to that very address.
Source: OWASP, Server Side Request Forgery Prevention Cheat Sheet.
"""

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

CONNECT_SECONDS = 5
# From the connection to the end of the answer.
ANSWER_SECONDS = 10
MOST_BYTES = 64 * 1024
LONGEST_URL = 2_000
USUAL_PORTS = {"https": 443, "http": 80}
# IPv6 addresses that stand for an IPv4 one behind a translator.
_NAT64 = ip_network("64:ff9b::/96")

Address = IPv4Address | IPv6Address


class OutgoingError(Exception):
    """The call brought no answer; the message says why."""


class RefusedAddressError(OutgoingError):
    """The address may not be called, so nothing was sent."""


class NoAnswerError(OutgoingError):
    """Nobody answered, or not in time; what was sent may have arrived."""


@dataclass(frozen=True)
class Target:
    """A web address taken apart. `host` is in ASCII, `path` begins with `/`."""

    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True)
class Answer:
    """What came back; the body is cut at 64 KB."""

    status: int
    body: bytes
    seconds: float

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def parsed(url: str) -> Target:
    """The address taken apart, by a stricter rule than browsers have.

    Raises:
        RefusedAddressError: it is none, or of a scheme or port that is not allowed.
    """
    if len(url) > LONGEST_URL or not url.isprintable() or set(url) & set(" \\<>\"'"):
        raise RefusedAddressError(_("This is no web address."))
    try:
        parts = urlsplit(url)
        host, given_port = parts.hostname or "", parts.port
        host = host if ":" in host else host.encode("idna").decode("ascii")
    except ValueError as error:
        raise RefusedAddressError(_("This is no web address.")) from error
    if parts.scheme not in settings.OUTGOING_SCHEMES:
        wanted = ", ".join(f"{name}://" for name in settings.OUTGOING_SCHEMES)
        text = _("The address must begin with {wanted}.")
        raise RefusedAddressError(text.format(wanted=wanted))
    if not host or "@" in parts.netloc or parts.fragment:
        raise RefusedAddressError(_("This is no web address."))
    port = given_port or USUAL_PORTS.get(parts.scheme, 0)
    if port not in settings.OUTGOING_PORTS:
        text = _("Port {port} is not allowed.")
        raise RefusedAddressError(text.format(port=port))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise RefusedAddressError(_("This is no web address."))
    return Target(parts.scheme, host, port, path)


def reachable(target: Target) -> Address:
    """The public address to connect to, the name being resolved once.

    Raises:
        RefusedAddressError: one of the answers is an address that is not public.
        NoAnswerError: there is no such name.
    """
    try:
        found = socket.getaddrinfo(
            target.host, target.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (OSError, UnicodeError) as error:
        text = _("There is no “{host}”.").format(host=target.host)
        raise NoAnswerError(text) from error
    addresses = [ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    if not addresses or not all(map(_may_be_called, addresses)):
        text = _("“{host}” is not a public address.").format(host=target.host)
        raise RefusedAddressError(text)
    return addresses[0]


def post(*, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send the body to the address, and return whatever it answers.

    Redirects are not followed: an answer of 3xx is returned as it is.

    Raises:
        RefusedAddressError: and nothing was sent.
        NoAnswerError: nobody answered within 5 s, or not to the end within 10 s.
    """
    target = parsed(url)
    address = reachable(target)
    started = time.monotonic()
    try:
        with _connected(target, address) as connected:
            status, content = _exchange(connected, target, body, headers)
    except (OSError, HTTPException, ValueError) as error:
        reason = str(error) or type(error).__name__
        raise NoAnswerError(reason) from error
    return Answer(status, content, time.monotonic() - started)


def _may_be_called(address: Address) -> bool:
    meant = _meant(address)
    if any(meant in ip_network(text) for text in settings.OUTGOING_NETWORKS):
        return True
    return meant.is_global and not meant.is_multicast and not meant.is_reserved


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one leads to, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _connected(target: Target, address: Address) -> socket.socket:
    plain = socket.create_connection(
        (str(address), target.port), timeout=CONNECT_SECONDS
    )
    if target.scheme != "https":
        return plain
    # It shakes hands below, where the time is limited.
    return ssl.create_default_context().wrap_socket(
        plain, server_hostname=target.host, do_handshake_on_connect=False
    )


def _exchange(
    connected: socket.socket, target: Target, body: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """Send and read, on a connection that is cut when the time is over.

    A time limit for each read alone would let a sender of one byte a second hold the
    worker for ever.
    """
    connected.settimeout(ANSWER_SECONDS)
    cut = threading.Timer(ANSWER_SECONDS, _cut, args=[connected])
    cut.daemon = True
    cut.start()
    try:
        if isinstance(connected, ssl.SSLSocket):
            connected.do_handshake()
        connection = _request(connected, target, body, headers)
        with connection.getresponse() as response:
            return response.status, response.read(MOST_BYTES)
    finally:
        cut.cancel()


def _request(
    connected: socket.socket, target: Target, body: bytes, headers: Mapping[str, str]
) -> HTTPConnection:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = connected
    shown = f"[{target.host}]" if ":" in target.host else target.host
    if target.port != USUAL_PORTS.get(target.scheme):
        shown = f"{shown}:{target.port}"
    connection.putrequest("POST", target.path, skip_host=True)
    sent = {"Host": shown, "User-Agent": "Baton", "Connection": "close", **headers}
    for name, value in {**sent, "Content-Length": str(len(body))}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    return connection


def _cut(connected: socket.socket) -> None:
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        connected.close()
