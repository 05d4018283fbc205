"""The keys of the API: the list, a new one that is shown once, and revoking."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from config.htmx import HtmxRequest
from leads.capture import keys
from leads.capture.integrations.forms import KeyForm
from leads.capture.integrations.views.common import (
    confirm_page,
    for_administrators,
    secret_page,
)
from leads.capture.models import ApiKey


@for_administrators
@require_GET
def key_list(request: HtmxRequest) -> HttpResponse:
    are_revoked = request.GET.get("revoked") == "1"
    found = ApiKey.objects.filter(revoked_at__isnull=not are_revoked)
    context = {
        "keys": found.select_related("user", "created_by", "revoked_by"),
        "are_revoked": are_revoked,
    }
    return render(request, "integrations/key_list.html", context)


@for_administrators
@require_http_methods(["GET", "POST"])
def key_new(request: HtmxRequest) -> HttpResponse:
    form = KeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        key, secret = keys.create(
            **form.cleaned_data, actor=request.user, now=timezone.now()
        )
        return secret_page(
            request,
            title=_("The key “{name}”").format(name=key),
            secret=secret,
            note=_("Send it with every request as Authorization: Bearer …"),
            back=reverse("keys:list"),
        )
    status = 422 if form.errors else 200
    return render(request, "integrations/key_form.html", {"form": form}, status=status)


@for_administrators
@require_http_methods(["GET", "POST"])
def key_revoke(request: HtmxRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects.select_related("user"), pk=pk)
    if request.method == "POST":
        if keys.revoke(key=key, actor=request.user, now=timezone.now()):
            messages.success(request, _("“{name}” is revoked.").format(name=key))
        else:
            messages.info(request, _("“{name}” was revoked before.").format(name=key))
        return redirect("keys:list")
    text = _(
        "Whatever uses {prefix}… gets no answer any more, from this moment on. This "
        "cannot be taken back; a new key can be made at any time."
    )
    return confirm_page(
        request,
        title=_("Revoke “{name}”").format(name=key),
        text=text.format(prefix=key.prefix),
        button=_("Revoke the key"),
        back=reverse("keys:list"),
    )
