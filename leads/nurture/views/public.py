"""Where the links of a mail lead: strangers open these, and so do machines.

Nothing is decided by looking: who unsubscribes presses a button, or a mail program does
it for them by a POST of its own.
"""

import base64

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from leads.nurture.mail import links, reactions

# One transparent point.
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
# What a mail program posts for its reader. Source: RFC 8058.
ONE_CLICK = "One-Click"


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Whether this reader gets mail, with a button; one click unsubscribes."""
    signed = links.read("preferences", token)
    lead = reactions.lead_of(signed) if signed else None
    if signed is None or lead is None:
        return _page(request, "public/mail_ended.html", {}, status=404)
    mail = reactions.mail_of(signed)
    is_test = mail is not None and mail.tester_id is not None
    if request.method == "POST" and not is_test:
        wants = request.POST.get("wish") == "subscribe"
        if wants and request.POST.get("List-Unsubscribe") != ONE_CLICK:
            reactions.subscribe(signed=signed, now=timezone.now())
        else:
            reactions.unsubscribe(signed=signed, now=timezone.now())
        lead.refresh_from_db()
    context = {"lead": lead, "address": _veiled(lead.email), "is_test": is_test}
    return _page(request, "public/mail_preferences.html", context)


@require_http_methods(["GET", "HEAD"])
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The point that tells that a mail was shown; for any token, so none is tried."""
    signed = links.read("open", token)
    if signed is not None:
        reactions.opened(
            signed=signed,
            agent=request.headers.get("User-Agent", ""),
            method=request.method or "",
            now=timezone.now(),
        )
    response = HttpResponse(PIXEL, content_type="image/gif")
    patch_cache_control(response, no_store=True)
    return response


@require_http_methods(["GET", "HEAD"])
def clicked(request: HttpRequest, token: str) -> HttpResponse:
    """On to the address that is signed in the link, and nowhere else."""
    signed = links.read("click", token)
    if signed is None or not signed.url.startswith(("https://", "http://")):
        return _page(request, "public/mail_ended.html", {}, status=404)
    reactions.clicked(
        signed=signed,
        agent=request.headers.get("User-Agent", ""),
        method=request.method or "",
        now=timezone.now(),
    )
    response = HttpResponseRedirect(signed.url)
    response["Referrer-Policy"] = "no-referrer"
    patch_cache_control(response, no_store=True)
    return response


def _page(
    request: HttpRequest,
    template: str,
    context: dict[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"is_embedded": False, **context}
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(response, no_store=True)
    return response


def _veiled(email: str) -> str:
    """The address so that its owner knows it: a mail may have been passed on."""
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}…{at}{domain}" if at else ""
