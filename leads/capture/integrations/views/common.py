"""What the pages about keys and webhooks share."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

View = Callable[..., HttpResponse]


def for_administrators(view: View) -> View:
    """The view for whoever may connect other systems; others get a 403."""
    decorate: Callable[[View], View] = permission_required(
        "capture.manage_integrations", raise_exception=True
    )
    return decorate(view)


def secret_page(
    request: HttpRequest,
    *,
    title: str,
    secret: str,
    note: str,
    back: str,
    providers: Sequence[tuple[str, str, str]] = (),
) -> HttpResponse:
    """Show a secret, this once. It is the answer to the POST that made it, so that it
    is kept nowhere: no session, no address, no cache.

    providers: addresses that hold it, for mail providers.
    """
    context = {
        "title": title,
        "secret": secret,
        "note": note,
        "back": back,
        "providers": providers,
    }
    return render(request, "integrations/secret.html", context)


def confirm_page(request: HttpRequest, **context: Any) -> HttpResponse:
    """Ask before something that cannot be taken back.

    Takes `title`, `text`, `button`, `back`, and `is_bad` where something ends.
    """
    context = {"is_bad": True, **context}
    return render(request, "integrations/confirm.html", context)
