"""The API under `/api/v1/`: its rooms' routers, and how its errors are told."""

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Swagger
from ninja.errors import AuthenticationError, HttpError, ValidationError

from config import busy
from config.problems import RETRY_AFTER, ProblemError, response_of
from handoff import api as handoff_api
from leads.capture import api as capture_api
from leads.capture.inbound import api as inbound_api
from reports import api as reports_api
from scoring import api as scoring_api

DESCRIPTION = """\
Every request carries a key: `Authorization: Bearer baton_…`. A key acts with the
rights of its person, within its scopes.

Bodies are JSON in UTF-8, at most 256 KB, a batch of activities 1 MB. Errors are problem
details (RFC 9457). A key may ask 600 times a minute and 1,200 times at once; then the
answer is 429 with `Retry-After`. Send an `Idempotency-Key` with what must happen once:
the same request again is answered as the first was, for 24 hours.
"""


class Documentation(Swagger):
    """The page that describes the API, with a title and a language."""

    def render_page(
        self, request: HttpRequest, api: NinjaAPI, **kwargs: Any
    ) -> HttpResponse:
        address = self.get_openapi_url(api, kwargs)
        context = {"api": api, "swagger": {**self.settings, "url": address}}
        return render(request, "ninja/swagger.html", context)


api = NinjaAPI(
    title="Baton",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs=Documentation(),
)
for router in (
    capture_api.router,
    scoring_api.router,
    capture_api.activities_router,
    handoff_api.router,
    handoff_api.deals_router,
    reports_api.router,
    inbound_api.router,
):
    api.add_router("", router)

Handler = Callable[[HttpRequest, Any], HttpResponse]


def _problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return response_of(error)


def _unknown_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    headers = {"WWW-Authenticate": "Bearer"}
    detail = _("Send a key that is in use: Authorization: Bearer baton_….")
    return response_of(ProblemError(401, detail, headers=headers))


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return response_of(ProblemError(error.status_code, error.message))


def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return response_of(ProblemError(404, _("There is no such record.")))


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"field": ".".join(map(str, one["loc"][1:])), "reason": str(one["msg"])}
        for one in error.errors
    ]
    detail = _("The request cannot be taken as it is.")
    return response_of(ProblemError(422, detail, errors=errors))


def _database_is_away(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    detail = _("The database does not answer. Send the request again.")
    if busy.is_busy(error):
        detail = _("Somebody else writes the same records. Send the request again.")
    return response_of(ProblemError(503, detail, headers=RETRY_AFTER))


HANDLERS: dict[type[Exception], Handler] = {
    ProblemError: _problem,
    AuthenticationError: _unknown_key,
    HttpError: _http_error,
    Http404: _missing,
    ValidationError: _invalid,
    OperationalError: _database_is_away,
    InterfaceError: _database_is_away,
}
for kind, handler in HANDLERS.items():
    api.add_exception_handler(kind, handler)
