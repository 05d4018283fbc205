"""A mail server on a real wire, which does to each mail what a test tells it to."""

import asyncio
import socket
from contextlib import contextmanager
from email import message_from_bytes

from aiosmtpd.controller import Controller
from django.test import override_settings


class Sink:
    """Keeps what it took; `answers` are by the address that a mail is to."""

    def __init__(self, answers=None):
        self.taken = []
        self.answers = answers or {}

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
        answer = self.answers.get(address, "")
        if answer.startswith("rcpt "):
            return answer.removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = self.answers.get(envelope.rcpt_tos[0], "250 OK")
        if answer == "refuses once":
            del self.answers[envelope.rcpt_tos[0]]
            return "451 come back later"
        if answer.startswith("250") or answer == "takes it and dies":
            self.taken.append((envelope.rcpt_tos[0], envelope.content))
        if answer == "sleeps":
            await asyncio.sleep(1)
        if answer == "421 once":
            del self.answers[envelope.rcpt_tos[0]]
            return "421 closing down"
        if "dies" in answer:
            server.transport.abort()
        return answer if answer[:3].isdigit() else "250 OK"

    @property
    def addresses(self):
        return [address for address, _content in self.taken]

    def letter(self, number=0):
        return message_from_bytes(self.taken[number][1])


@contextmanager
def serving(answers=None, *, is_away=False, seconds=5, tls=False):
    """A mail server to which the workspace sends meanwhile, or that is away."""
    sink = Sink(answers)
    sink.port = free_port()
    controller = None
    if not is_away:
        controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
        controller.start()
    try:
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=sink.port,
            EMAIL_TIMEOUT=seconds,
            EMAIL_USE_TLS=tls,
        ):
            yield sink
    finally:
        if controller is not None:
            controller.stop()


def free_port():
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
