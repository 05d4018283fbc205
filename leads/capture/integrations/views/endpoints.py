"""Outgoing webhooks: the addresses that are told, and the log of each."""

import json
from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest, render_page
from leads import paging, webhooks
from leads.capture.integrations.forms import EndpointForm
from leads.capture.integrations.views.common import (
    confirm_page,
    for_administrators,
    secret_page,
)
from leads.capture.models import WebhookSource
from leads.models import WebhookDelivery, WebhookEndpoint
from leads.owed import OwedState

ORDER = ("-pk",)
PAGE_SIZE = 50


@for_administrators
@require_GET
def webhook_list(request: HtmxRequest) -> HttpResponse:
    waiting = Count("deliveries", Q(deliveries__state=OwedState.DUE))
    given_up = Count("deliveries", Q(deliveries__state=OwedState.STUCK))
    living = WebhookEndpoint.objects.filter(removed_at=None)
    context = {
        "endpoints": living.annotate(waiting=waiting, given_up=given_up),
        "sources": _sources(),
    }
    return render(request, "integrations/webhook_list.html", context)


@for_administrators
@require_http_methods(["GET", "POST"])
def endpoint_new(request: HtmxRequest) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = EndpointForm(posted, endpoint=None)
    if form.is_valid():
        made, secret = webhooks.create(
            **form.cleaned_data, actor=request.user, now=timezone.now()
        )
        return _secret_page(request, made, secret)
    status = 422 if form.errors else 200
    context = {"form": form, "endpoint": None}
    return render(request, "integrations/endpoint_form.html", context, status=status)


@for_administrators
@require_http_methods(["GET", "POST"])
def endpoint_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    endpoint = _endpoint_of(pk)
    posted = request.POST if request.method == "POST" else None
    form = EndpointForm(posted, endpoint=endpoint)
    if form.is_valid():
        webhooks.change(endpoint=endpoint, **form.cleaned_data)
        messages.success(request, _("Saved; it holds for what happens from now on."))
        return redirect(endpoint)
    status = 422 if form.errors else 200
    context = {"form": form, "endpoint": endpoint}
    return render(request, "integrations/endpoint_form.html", context, status=status)


@for_administrators
@require_GET
def endpoint_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    """The endpoint and its log; the log alone while something is on its way."""
    endpoint, cursor = _endpoint_of(pk), request.GET.get("after", "")
    deliveries = endpoint.deliveries.select_related("lead")
    page = paging.page_of(deliveries, order=ORDER, cursor=cursor, size=PAGE_SIZE)
    context: dict[str, Any] = {
        "endpoint": endpoint,
        "page": page,
        "is_first": not cursor,
        "is_moving": not cursor
        and any(one.state == OwedState.DUE for one in page.rows),
        "is_resting": endpoint.is_resting(timezone.now()),
    }
    template = "integrations/endpoint_detail.html"
    return render_page(request, template, context, partial="delivery-log")


@for_administrators
@require_POST
def endpoint_switch(request: HtmxRequest, pk: int) -> HttpResponse:
    endpoint, is_on = _endpoint_of(pk), request.POST.get("is_on") == "1"
    webhooks.switch(endpoint=endpoint, is_on=is_on, now=timezone.now())
    text = _("It is on; what waits goes out.") if is_on else _("It is off.")
    messages.success(request, text)
    return redirect(endpoint)


@for_administrators
@require_http_methods(["GET", "POST"])
def endpoint_rotate(request: HtmxRequest, pk: int) -> HttpResponse:
    endpoint = _endpoint_of(pk)
    if request.method == "POST":
        secret = webhooks.rotate(endpoint=endpoint, now=timezone.now())
        return _secret_page(request, endpoint, secret)
    text = _(
        "A new secret is made and shown once. For 24 hours messages are signed with "
        "the present one too, so that the receiver has time to change."
    )
    return confirm_page(
        request,
        title=_("Replace the secret of “{name}”").format(name=endpoint),
        text=text,
        button=_("Replace it"),
        back=endpoint.get_absolute_url(),
        is_bad=False,
    )


@for_administrators
@require_POST
def endpoint_test(request: HtmxRequest, pk: int) -> HttpResponse:
    endpoint = _endpoint_of(pk)
    webhooks.send_test(endpoint=endpoint, now=timezone.now())
    messages.success(request, _("A test is on its way; the log tells what came back."))
    return redirect(endpoint)


@for_administrators
@require_http_methods(["GET", "POST"])
def endpoint_remove(request: HtmxRequest, pk: int) -> HttpResponse:
    endpoint = _endpoint_of(pk)
    if request.method == "POST":
        webhooks.remove(endpoint=endpoint, now=timezone.now())
        messages.success(request, _("“{name}” is removed.").format(name=endpoint))
        return redirect("webhooks:list")
    text = _(
        "It is told nothing any more, and what still waits for it is dropped. This "
        "cannot be taken back; switch it off if you only want a pause."
    )
    return confirm_page(
        request,
        title=_("Remove “{name}”").format(name=endpoint),
        text=text,
        button=_("Remove the webhook"),
        back=endpoint.get_absolute_url(),
    )


@for_administrators
@require_GET
def delivery_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    delivery = _delivery_of(pk)
    body = json.dumps(json.loads(delivery.body), indent=2, ensure_ascii=False)
    context = {"delivery": delivery, "endpoint": delivery.endpoint, "body": body}
    return render(request, "integrations/delivery_detail.html", context)


@for_administrators
@require_POST
def delivery_again(request: HtmxRequest, pk: int) -> HttpResponse:
    delivery = _delivery_of(pk)
    if webhooks.send_again(delivery=delivery, now=timezone.now()):
        messages.success(request, _("It goes out once more, under the same id."))
    else:
        messages.info(request, _("It waits already."))
    return redirect(delivery.endpoint)


def _sources() -> QuerySet[WebhookSource]:
    """The incoming ones, with what each brought within the days that are kept."""
    received = "received_webhooks"
    return WebhookSource.objects.select_related("user").annotate(
        taken=Coalesce(Sum(f"{received}__taken"), 0),
        refused=Coalesce(Sum(f"{received}__refused"), 0),
        latest_at=Max(f"{received}__received_at"),
    )


def _endpoint_of(pk: int) -> WebhookEndpoint:
    return get_object_or_404(WebhookEndpoint, pk=pk, removed_at=None)


def _delivery_of(pk: int) -> WebhookDelivery:
    living = WebhookDelivery.objects.filter(endpoint__removed_at=None)
    return get_object_or_404(living.select_related("endpoint", "lead"), pk=pk)


def _secret_page(
    request: HtmxRequest, endpoint: WebhookEndpoint, secret: str
) -> HttpResponse:
    return secret_page(
        request,
        title=_("The secret of “{name}”").format(name=endpoint),
        secret=secret,
        note=_("The receiver checks with it that a message comes from here."),
        back=endpoint.get_absolute_url(),
    )
