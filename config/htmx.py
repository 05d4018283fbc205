"""How a view answers htmx: one rule for every page of the project."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from leads.models import User

# Every header that `wants_partial` reads, so that no cache serves a fragment as a page.
VARY_HEADERS = ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"]


class HtmxRequest(HttpRequest):
    """For annotations: a request behind HtmxMiddleware by a person who signed in."""

    htmx: HtmxDetails
    user: User


def wants_partial(request: HtmxRequest) -> bool:
    """Whether to answer with a fragment.

    Boosted links and a restore of the browser history come from htmx too, but swap
    the whole page.
    """
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: HtmxRequest,
    template_name: str,
    context: dict[str, Any],
    *,
    partial: str,
    status: int = 200,
) -> HttpResponse:
    """Render the page, or only its named partial where htmx asked for that."""
    if wants_partial(request):
        template_name = f"{template_name}#{partial}"
    response = render(request, template_name, context, status=status)
    patch_vary_headers(response, VARY_HEADERS)
    return response
