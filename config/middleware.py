"""What happens to every request: sign-in, local times, and no copy kept of pages."""

from collections.abc import Callable
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.middleware import (
    LoginRequiredMiddleware as DjangoLoginRequiredMiddleware,
)
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from config import busy
from config.htmx import HtmxRequest
from config.problems import CONTENT_TYPE, ProblemError, response_of, title_of
from leads.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Every page asks for sign-in unless it is marked `login_not_required`.

    A fragment request answers 401 with the address of the sign-in page, so that the
    form never lands inside a table cell. The API asks for keys by itself.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if request.path_info.startswith(ApiMiddleware.PREFIX):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirect:
        response = super().handle_no_permission(request, view_func)
        if cast(HtmxRequest, request).htmx:
            login_url = resolve_url(self.get_login_url(view_func))
            response = HttpResponseRedirect(
                login_url, headers={"HX-Redirect": login_url}
            )
            response.status_code = 401
        return response


class ApiMiddleware:
    """Keeps the API apart from the pages: no session, and no answer in HTML.

    What is refused before a view of the API is reached, or where there is none, is
    told as problem details too.
    """

    PREFIX = "/api/"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(self.PREFIX):
            return self.get_response(request)
        # A browser's cookies are nobody's word here, so no other site can use them.
        request.META.pop("HTTP_COOKIE", None)
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return response_of(ProblemError(403, _("Use https.")))
        response = self.get_response(request)
        status = response.status_code
        if status < 400 or response["Content-Type"] == CONTENT_TYPE:
            return response
        allowed = {"Allow": response["Allow"]} if "Allow" in response else {}
        problem = ProblemError(status, f"{title_of(status)}.", headers=allowed)
        return response_of(problem)


class TimeZoneMiddleware:
    """Shows times in the zone of the person who is signed in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        with timezone.override(_zone(user) if user.is_authenticated else None):
            return self.get_response(request)


class NoStoreMiddleware:
    """Lets no cache keep a page of a person who is signed in, be it their browser's.

    Who comes to the machine after they sign out then reads nothing by "back".
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            patch_cache_control(response, no_store=True, private=True)
        return response


def _zone(user: User) -> ZoneInfo | None:
    """The person's zone; None, the workspace's, where this machine does not know it."""
    try:
        return ZoneInfo(user.time_zone) if user.time_zone else None
    except (KeyError, ValueError, OSError):
        return None


class BusyMiddleware:
    """Answers 503 where somebody else held what a page wanted to write for too long.

    Here rather than in `server_error`, which a demo with DEBUG never comes to.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        return busy.response(exception) if busy.is_busy(exception) else None


class NotFoundMiddleware:
    """Shows our page for what is not there, in a demo too.

    With DEBUG Django would list every address instead, to people who only followed a
    link to a lead that is not theirs.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        is_missing = isinstance(exception, Http404)
        return page_not_found(request, exception) if is_missing else None
