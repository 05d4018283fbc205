"""The outbox: what is planned, what was sent, and what a person must decide."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from config.htmx import HtmxRequest, render_page
from leads.nurture.choices import MailFate
from leads.nurture.mail import composing, sending
from leads.nurture.models import Mail
from leads.nurture.views.mail_templates import PERMISSION, framed
from leads.paging import page_of

PAGE_SIZE = 50
# Backends that bring no mail to anybody.
STAYS_HERE = ("filebased", "console", "locmem", "dummy")


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def outbox(request: HtmxRequest) -> HttpResponse:
    mails = Mail.objects.with_names()
    fate = request.GET.get("fate", "")
    if fate in MailFate.values:
        mails = mails.of_fate(MailFate(fate))
    page = page_of(
        mails,
        order=("-created_at", "-pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    context = {
        "page": page,
        "fate": fate,
        "fates": MailFate.choices,
        "in_doubt": Mail.objects.of_fate(MailFate.IN_DOUBT).count(),
        "stays_here": any(name in settings.EMAIL_BACKEND for name in STAYS_HERE),
        "tab": "outbox",
    }
    return render_page(request, "mail/outbox.html", context, partial="mails")


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def mail_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    mail = _mail(pk)
    composed = composing.shown(mail)
    context = {"mail": mail, "composed": composed}
    response = render(request, "mail/mail_detail.html", context)
    response._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]
    return response


@permission_required(PERMISSION, raise_exception=True)
@require_GET
@xframe_options_sameorigin
def frame(request: HtmxRequest, pk: int) -> HttpResponse:
    """The mail itself; its links are those of the template, so nobody unsubscribes."""
    mail = _mail(pk)
    composed = composing.shown(mail)
    return framed(composed.html, is_dark=request.GET.get("look") == "dark")


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def decide(request: HtmxRequest, pk: int) -> HttpResponse:
    """What a person wants of a mail that failed, is in doubt, or waits."""
    mail, now = _mail(pk), timezone.now()
    wish = request.POST.get("wish", "")
    if wish == "again" and sending.send_again(mail=mail, now=now):
        messages.success(request, _("The mail is on its way again."))
    elif wish == "leave" and sending.leave(mail=mail, now=now):
        messages.success(request, _("It counts as sent."))
    elif wish == "off" and sending.call_off(mail=mail, now=now):
        messages.success(request, _("It will not be sent."))
    else:
        messages.error(request, _("That is no longer possible."))
    return redirect("mail:detail", pk)


def _mail(pk: int) -> Mail:
    mails = Mail.objects.with_names().select_related(
        "lead__account", "lead__standing__owner", "template", "tester"
    )
    return get_object_or_404(mails, pk=pk)
