"""What happens to every request: sign-in is asked for, times are local."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.middleware import (
    LoginRequiredMiddleware as DjangoLoginRequiredMiddleware,
)
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone

from config.htmx import HtmxRequest

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
        if request.user.is_authenticated and request.user.time_zone:
            with timezone.override(request.user.time_zone):
                return self.get_response(request)
        return self.get_response(request)
