"""What happens to every request: sign-in, local times, and no copy kept of pages."""

from collections.abc import Callable
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.middleware import (
    LoginRequiredMiddleware as DjangoLoginRequiredMiddleware,
)
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.defaults import page_not_found

from config.htmx import HtmxRequest
from leads.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Every page asks for sign-in unless it is marked `login_not_required`.

    A fragment request answers 401 with the address of the sign-in page, so that the
    form never lands inside a table cell.
    """

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
