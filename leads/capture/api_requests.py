"""What every request to the API goes through: key, limit, body, and one doing."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Schema, Status
from ninja.security import HttpBearer

from config.problems import ProblemError
from leads.capture import idempotency, json_bodies, keys, limits
from leads.capture.choices import Scope
from leads.capture.idempotency import Asked, Done, KeyReusedError
from leads.capture.importing import RowRefusedError
from leads.capture.limits import Limit, OverLimitError
from leads.capture.models import ApiKey
from leads.models import User

# Requests of one key; a batch of activities is one request.
PER_KEY = Limit(count=600, period=timedelta(minutes=1), burst=1_200)
RECORD_BYTES = 256 * 1024
BATCH_BYTES = 1024 * 1024
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_JSON = re.compile(r"application/json *(; *charset=\"?utf-8\"?)?", re.IGNORECASE)


class ApiRequest(HttpRequest):
    """A request whose key is known; the key's person is its user."""

    auth: ApiKey
    user: User


class Problem(Schema):
    """Problem details, by RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []


class KeyAuth(HttpBearer):
    """Lets a key through that has the scope; its person then is the user."""

    openapi_name = "ApiKey"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """The key; None, and so a 401, where there is none in use.

        Raises:
            ProblemError: it has not the scope, or asked too often.
        """
        now = timezone.now()
        key = keys.find(secret=token, now=now)
        if key is None:
            return None
        let_through(name=f"api:{key.pk}", limit=PER_KEY, now=now)
        if self.scope not in key.scopes:
            text = _("This needs a key with the scope “{scope}”.")
            raise ProblemError(403, text.format(scope=self.scope.value))
        request.user = key.user
        return key


def let_through(*, name: str, limit: Limit, now: datetime) -> None:
    """Count the request.

    Raises:
        ProblemError: there were too many.
    """
    try:
        limits.take(name=name, limit=limit, now=now)
    except OverLimitError as over:
        headers = {"Retry-After": str(over.retry_after)}
        raise ProblemError(429, str(over), headers=headers) from over


def body_of(request: HttpRequest, *, most_bytes: int) -> bytes:
    """The bytes of a JSON body.

    Raises:
        ProblemError: they are too many, or said to be something else.
    """
    if not _JSON.fullmatch(request.headers.get("Content-Type", "").strip()):
        raise ProblemError(415, _("Send application/json in UTF-8."))
    return bytes_of(request, most_bytes=most_bytes)


def bytes_of(request: HttpRequest, *, most_bytes: int) -> bytes:
    """The bytes of a body, whatever they are said to be.

    Raises:
        ProblemError: they are too many, or compressed.
    """
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise ProblemError(415, _("Send the body as it is, not compressed."))
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > most_bytes:
        text = _("The body is larger than {size} KB.")
        raise ProblemError(413, text.format(size=most_bytes // 1024))
    return request.body


def members_of(body: bytes, *, checks_text: bool = True) -> dict[str, Any]:
    """The members of the object that the body holds.

    Raises:
        ProblemError: it holds none.
    """
    value = value_of(body, checks_text=checks_text)
    if not isinstance(value, dict):
        raise ProblemError(422, _("The body must be an object."))
    return value


def value_of(body: bytes, *, checks_text: bool) -> Any:
    """What the body holds.

    Raises:
        ProblemError: it is no JSON that is taken here.
    """
    try:
        return json_bodies.parsed(body, checks_text=checks_text)
    except json_bodies.BodyError as error:
        raise ProblemError(400, str(error)) from error


def sent(request: HttpRequest) -> dict[str, Any]:
    """The members of the object in the request's body.

    Raises:
        ProblemError: there is none, or it is too large.
    """
    return members_of(body_of(request, most_bytes=RECORD_BYTES))


def sent_batch(request: HttpRequest) -> dict[str, Any]:
    """The same of a batch, which may be larger, and whose texts are not looked at."""
    return members_of(body_of(request, most_bytes=BATCH_BYTES), checks_text=False)


def do(request: ApiRequest, deed: Callable[[], Done]) -> Status[dict[str, Any]]:
    """Do what the request asks for, once for each `Idempotency-Key`.

    Raises:
        ProblemError: the key is none, or that of another request.
    """
    key = request.headers.get("Idempotency-Key", "")
    if key and not _IDEMPOTENCY_KEY.fullmatch(key):
        text = _("An Idempotency-Key is 1 to 200 visible ASCII characters.")
        raise ProblemError(400, text)
    asked = Asked(request.user, key, _digest(request))
    try:
        done = idempotency.do(deed=deed, asked=asked, now=timezone.now())
    except KeyReusedError as error:
        raise ProblemError(422, str(error)) from error
    return Status(done.code, done.content)


def require(user: User, permission: str) -> None:
    """Refuse a key whose person may not do this.

    Raises:
        ProblemError: 403.
    """
    if not user.has_perm(permission):
        raise ProblemError(403, _("The person of this key may not do this."))


def refused(error: RowRefusedError) -> ProblemError:
    """The problem of a record that cannot be taken."""
    shown = {"field": error.field, "reason": error.reason}
    detail = f"{error.field} {error.reason}".strip() + "."
    return ProblemError(422, detail, errors=[shown])


def json_body(schema: dict[str, Any]) -> dict[str, Any]:
    """What the description of an operation says of its body."""
    content = {"application/json": {"schema": schema}}
    header = {
        "in": "header",
        "name": "Idempotency-Key",
        "required": False,
        "schema": {"type": "string", "maxLength": idempotency.LONGEST_KEY},
        "description": "The same key and request again changes nothing for 24 hours.",
    }
    return {
        "requestBody": {"required": True, "content": content},
        "parameters": [header],
    }


def _digest(request: HttpRequest) -> str:
    head = f"{request.method} {request.path}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()
