"""The public pages of a form: they set no cookie, need no script, sign nobody in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_safe

from leads.capture.addresses import browser_of, client_address
from leads.capture.hosted import confirming, guarding, public_form, receiving, stamps
from leads.capture.hosted.guarding import Sent
from leads.capture.hosted.public_form import PublicForm
from leads.capture.limits import OverLimitError
from leads.capture.models import HostedForm
from leads.capture.sites import origin_of
from leads.capture.tracking.beacons import KEY
from leads.text import email_key


@require_http_methods(["GET", "HEAD", "POST"])
def form_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The form on a page of its own, and where it is sent."""
    return _form(request, _open(slug), is_embedded=False)


@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def embedded_form(request: HttpRequest, slug: str) -> HttpResponse:
    """The same for a frame on the sites that the form names."""
    form = _open(slug)
    return _framed(_form(request, form, is_embedded=True), form)


@require_safe
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    form = _open(slug)
    return _page(request, "public/thanks.html", {"form": form})


@xframe_options_exempt
@require_safe
def embedded_thanks(request: HttpRequest, slug: str) -> HttpResponse:
    form = _open(slug)
    context = {"form": form, "is_embedded": True}
    return _framed(_page(request, "public/thanks.html", context), form)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Where the link of the mail leads: only the button confirms, no scanner does."""
    form, now = get_object_or_404(HostedForm, slug=slug), timezone.now()
    submission = confirming.submission_of(token, form=form, now=now)
    if submission is None:
        context = {"form": form, "is_open": form.is_open}
        return _page(request, "public/link_ended.html", context, status=404)
    if request.method == "POST":
        receiving.confirm(submission=submission, now=now)
        return redirect("public:confirm", slug, token)
    context = {"form": form, "submission": submission}
    return _page(request, "public/confirm.html", context)


def _open(slug: str) -> HostedForm:
    forms = HostedForm.objects.filter(published_at__isnull=False, archived_at=None)
    return get_object_or_404(forms.select_related("campaign"), slug=slug)


def _form(request: HttpRequest, form: HostedForm, *, is_embedded: bool) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, form, PublicForm(form), is_embedded=is_embedded)
    now = timezone.now()
    try:
        guarding.limit_sender(form=form, address=client_address(request), now=now)
        filled = PublicForm(form, request.POST)
        if not filled.is_valid():
            return _shown(request, form, filled, is_embedded=is_embedded, status=422)
        address = email_key(filled.cleaned_data["email"])
        guarding.limit_person(email_key=address, now=now)
    except OverLimitError as limit:
        return _too_many(request, form, limit)
    receiving.receive(form=form, sent=_sent(request, filled), now=now)
    return _sent_on(form, is_embedded=is_embedded)


def _sent(request: HttpRequest, filled: PublicForm) -> Sent:
    posted = request.POST
    properties = public_form.told(posted, public_form.UTM)
    page = public_form.told(posted, ["page"]).get("page", "")
    if origin_of(page):
        properties["page"] = page
    visitor_key = posted.get("visitor", "")
    return Sent(
        answers=filled.answers(),
        has_consented=filled.has_consented,
        stamp=posted.get("stamp", "")[:500],
        key=posted.get("key", "")[:100],
        trap=posted.get(public_form.TRAP, "")[:100],
        origin=request.headers.get("Origin", "")[:300].casefold(),
        own_host=request.get_host(),
        user_agent=browser_of(request),
        visitor_key=visitor_key if KEY.fullmatch(visitor_key) else "",
        properties=properties,
    )


def _sent_on(form: HostedForm, *, is_embedded: bool) -> HttpResponse:
    """Where whoever sent it goes: the same for people, machines and repeats."""
    if form.redirect_url and not form.is_double_opt_in and not is_embedded:
        response = HttpResponseRedirect(form.redirect_url)
    else:
        name = "public:embedded_thanks" if is_embedded else "public:thanks"
        response = HttpResponseRedirect(reverse(name, args=[form.slug]))
    response.status_code = 303
    return response


def _shown(
    request: HttpRequest,
    form: HostedForm,
    filled: PublicForm,
    *,
    is_embedded: bool,
    status: int = 200,
) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    stamp = str(given.get("stamp", ""))[:500]
    if request.method != "POST" or stamps.read(stamp, form_id=form.pk) is None:
        stamp = stamps.issue(form_id=form.pk, now=timezone.now())
    hidden = public_form.told(given, [*public_form.UTM, "visitor", "page"])
    context = {
        "form": form,
        "filled": filled,
        "hidden": {**hidden, "stamp": stamp},
        "trap": public_form.TRAP,
        "is_embedded": is_embedded,
    }
    response = _page(request, "public/form.html", context, status=status)
    if form.redirect_url:
        # Browsers hold a form to this also where its answer sends them on.
        target = origin_of(form.redirect_url)
        response._csp_update = {"form-action": [target]}  # type: ignore[attr-defined]
    return response


def _too_many(
    request: HttpRequest, form: HostedForm, limit: OverLimitError
) -> HttpResponse:
    context = {"form": form, "error": str(limit)}
    response = _page(request, "public/too_many.html", context, status=429)
    response["Retry-After"] = str(limit.retry_after)
    return response


def _framed(response: HttpResponse, form: HostedForm) -> HttpResponse:
    """Let only the sites that the form names put this page into a frame."""
    ancestors = form.sites or ["'none'"]
    response._csp_replace = {"frame-ancestors": ancestors}  # type: ignore[attr-defined]
    return response


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {"is_embedded": False, "site_url": settings.SITE_URL, **context}
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(response, no_store=True)
    return response
