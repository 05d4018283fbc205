"""Incoming webhooks: the systems that may send them, and what each brought."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest
from leads import paging, signing
from leads.capture.inbound import receiving, sources
from leads.capture.integrations.forms import SourceForm
from leads.capture.integrations.views.common import (
    confirm_page,
    for_administrators,
    secret_page,
)
from leads.capture.models import ReceivedWebhook, WebhookSource
from leads.nurture.mail.providers.reports import Provider

ORDER = ("-pk",)
PAGE_SIZE = 50
MARKETING = "leads.import_leads"


@for_administrators
@require_http_methods(["GET", "POST"])
def source_new(request: HtmxRequest) -> HttpResponse:
    form = SourceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made, secret = sources.create(
            **form.cleaned_data, actor=request.user, now=timezone.now()
        )
        return _secret_page(request, made, secret)
    status = 422 if form.errors else 200
    context = {"form": form}
    return render(request, "integrations/source_form.html", context, status=status)


@for_administrators
@require_GET
def source_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    source, cursor = _source_of(pk), request.GET.get("after", "")
    received = source.received_webhooks.defer("answer")
    page = paging.page_of(received, order=ORDER, cursor=cursor, size=PAGE_SIZE)
    context = {
        "source": source,
        "address": _address(source),
        "providers": _providers(source, _("SECRET")),
        "confirms_at": receiving.confirmation_of(source),
        "page": page,
        "is_first": not cursor,
    }
    return render(request, "integrations/source_detail.html", context)


@for_administrators
@require_POST
def source_switch(request: HtmxRequest, pk: int) -> HttpResponse:
    source, is_on = _source_of(pk), request.POST.get("is_on") == "1"
    sources.switch(source=source, is_on=is_on)
    text = _("It is taken in again.") if is_on else _("It is off: all is refused.")
    messages.success(request, text)
    return redirect(source)


@for_administrators
@require_http_methods(["GET", "POST"])
def source_rotate(request: HtmxRequest, pk: int) -> HttpResponse:
    source = _source_of(pk)
    if request.method == "POST":
        secret = sources.rotate(source=source, now=timezone.now())
        return _secret_page(request, source, secret)
    text = _(
        "A new secret is made and shown once. For 24 hours messages that are signed "
        "with the present one are taken too, so that the sender has time to change."
    )
    return confirm_page(
        request,
        title=_("Replace the secret of “{name}”").format(name=source),
        text=text,
        button=_("Replace it"),
        back=source.get_absolute_url(),
        is_bad=False,
    )


@for_administrators
@require_http_methods(["GET", "POST"])
def source_remove(request: HtmxRequest, pk: int) -> HttpResponse:
    source = _source_of(pk)
    if request.method == "POST":
        sources.remove(source=source)
        messages.success(request, _("“{name}” is removed.").format(name=source))
        return redirect("webhooks:list")
    text = _(
        "Its address takes nothing any more, and its log goes; the leads and "
        "activities that it brought stay. This cannot be taken back."
    )
    return confirm_page(
        request,
        title=_("Remove “{name}”").format(name=source),
        text=text,
        button=_("Remove the source"),
        back=source.get_absolute_url(),
    )


@permission_required(MARKETING, raise_exception=True)
@require_GET
def refused_list(request: HtmxRequest) -> HttpResponse:
    """For marketers: the messages of which something was not taken."""
    cursor = request.GET.get("after", "")
    partly = ReceivedWebhook.objects.filter(refused__gt=0).select_related("source")
    page = paging.page_of(
        partly.defer("answer"), order=ORDER, cursor=cursor, size=PAGE_SIZE
    )
    context = {"page": page, "is_first": not cursor}
    return render(request, "integrations/refused_list.html", context)


@permission_required(MARKETING, raise_exception=True)
@require_GET
def received_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    """One message and its refused records, with the reason of each."""
    found = ReceivedWebhook.objects.select_related("source")
    received = get_object_or_404(found, pk=pk)
    context = {"received": received, "records": received.refused_records.all()}
    return render(request, "integrations/received_detail.html", context)


def _source_of(pk: int) -> WebhookSource:
    found = WebhookSource.objects.select_related("user", "created_by")
    return get_object_or_404(found, pk=pk)


def _address(source: WebhookSource) -> str:
    path = reverse("api:receive", args=[source.slug])
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def _providers(source: WebhookSource, password: str) -> list[tuple[str, str, str]]:
    """Name, label, and address with the password of each mail provider."""
    scheme, _colon, rest = settings.SITE_URL.rstrip("/").partition("://")
    found = []
    for provider in Provider:
        path = reverse("api:receive_of_provider", args=[source.slug, provider.value])
        address = f"{scheme}://baton:{password}@{rest}{path}"
        found.append((provider.value, str(provider.label), address))
    return found


def _secret_page(
    request: HtmxRequest, source: WebhookSource, secret: str
) -> HttpResponse:
    note = _("The sender signs with it what it posts to {address}")
    return secret_page(
        request,
        title=_("The secret of “{name}”").format(name=source),
        secret=secret,
        note=note.format(address=_address(source)),
        providers=_providers(source, signing.password_of(secret)),
        back=source.get_absolute_url(),
    )
