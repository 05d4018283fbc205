"""The addresses that get no mail."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.htmx import HtmxRequest
from leads.nurture.choices import SuppressionWhy
from leads.nurture.mail import suppressing
from leads.nurture.mail_forms import SuppressionForm
from leads.nurture.models import Suppression
from leads.nurture.views.mail_templates import PERMISSION
from leads.paging import page_of
from leads.text import email_key

PAGE_SIZE = 50


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def suppressed(request: HtmxRequest) -> HttpResponse:
    form = SuppressionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        is_new = suppressing.suppress(
            **form.cleaned_data,
            why=SuppressionWhy.BY_HAND,
            actor=request.user,
            now=timezone.now(),
        )
        text = _("Nothing is sent to it any more.") if is_new else _("It was listed.")
        messages.success(request, text)
        return redirect("mail:suppressed")
    words = email_key(request.GET.get("q", "")[:200])
    found = Suppression.objects.filter(email_key__contains=words)
    page = page_of(
        found.select_related("actor"),
        order=("-at", "-pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    context = {"form": form, "page": page, "tab": "suppressed", "words": words}
    status = 422 if form.is_bound else 200
    return render(request, "mail/suppressed.html", context, status=status)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def lift(request: HtmxRequest, pk: int) -> HttpResponse:
    if suppressing.lift(pk=pk):
        messages.success(request, _("The address may get mail again."))
    return redirect("mail:suppressed")
