"""Templates of mails: the list, the editor, and how a mail looks."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest, render_page
from leads.models import Lead
from leads.nurture.mail import composing, drafting, markup, sending
from leads.nurture.mail.drafting import DraftingError
from leads.nurture.mail_forms import PreviewForm, TemplateForm
from leads.nurture.models import MailTemplate
from leads.owed import OwedState
from leads.querysets import LeadQuerySet

PERMISSION = "nurture.manage_nurture"


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def template_list(request: HtmxRequest) -> HttpResponse:
    are_archived = request.GET.get("archived") == "1"
    found = MailTemplate.objects.filter(archived_at__isnull=not are_archived)
    real = Q(mails__tester=None)
    sent = real & Q(mails__state=OwedState.DONE)
    rows = found.annotate(
        sent=Count("mails", filter=sent),
        opened=Count("mails__opened_at", filter=real),
        clicked=Count("mails__clicked_at", filter=real),
        latest_at=Max("mails__ended_at", filter=sent),
    )
    context = {"rows": rows[:500], "are_archived": are_archived, "tab": "templates"}
    return render(request, "mail/template_list.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def template_new(request: HtmxRequest) -> HttpResponse:
    return _form(request, None)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def template_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(MailTemplate, pk=pk))


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def preview(request: HtmxRequest, pk: int) -> HttpResponse:
    """How the mail looks for a lead: light or dark, on a computer or a phone."""
    template = get_object_or_404(MailTemplate, pk=pk)
    form = PreviewForm(request.GET)
    said = form.said()
    lead = lead_meant(request, said["lead"])
    context = {
        "template": template,
        "form": form,
        "said": said,
        "lead": lead,
        "composed": lead and composing.preview(template=template, lead=lead),
        "refusal": sending.refusal(lead) if lead else "",
    }
    response = render_page(
        request, "mail/template_preview.html", context, partial="preview"
    )
    response._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]
    return response


@permission_required(PERMISSION, raise_exception=True)
@require_GET
@xframe_options_sameorigin
def frame(request: HtmxRequest, pk: int) -> HttpResponse:
    """The mail itself, for the frame of the preview."""
    template = get_object_or_404(MailTemplate, pk=pk)
    lead = lead_meant(request, request.GET.get("lead", ""))
    if lead is None:
        raise Http404
    composed = composing.preview(template=template, lead=lead)
    return framed(composed.html, is_dark=request.GET.get("look") == "dark")


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def send(request: HtmxRequest, pk: int) -> HttpResponse:
    """Send the mail to the lead that is looked at, or as a test to oneself."""
    template = get_object_or_404(MailTemplate, pk=pk, archived_at=None)
    typed = request.POST.get("lead", "")
    number = (
        int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    )
    lead = get_object_or_404(_leads(request), pk=number)
    now = timezone.now()
    if request.POST.get("to") == "lead":
        refusal = sending.refusal(lead)
        if refusal:
            messages.error(request, refusal)
        elif sending.plan(lead_ids=[lead.pk], template=template, at=now, now=now):
            messages.success(
                request, _("The mail to “{lead}” is on its way.").format(lead=lead)
            )
        else:
            messages.error(request, _("The lead got this mail before."))
    else:
        sending.plan_test(template=template, lead=lead, tester=request.user, now=now)
        text = _("A test is on its way to {address}.")
        messages.success(request, text.format(address=request.user.email))
    return redirect("mail:outbox")


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def archive(request: HtmxRequest, pk: int) -> HttpResponse:
    """Put the template away, or take it back out with `off`."""
    template = get_object_or_404(MailTemplate, pk=pk)
    is_off = bool(request.POST.get("off"))
    drafting.archive(template=template, is_off=is_off, now=timezone.now())
    text = _("“{name}” is back.") if is_off else _("“{name}” is archived.")
    messages.success(request, text.format(name=template.name))
    return redirect("mail:templates")


def framed(html: str, *, is_dark: bool) -> HttpResponse:
    """A mail in a frame of our own page: no script, nothing from elsewhere."""
    response = HttpResponse(composing.in_colours(html, is_dark=is_dark))
    response._csp_replace = {  # type: ignore[attr-defined]
        "default-src": ["'none'"],
        "script-src": ["'none'"],
        "img-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'"],
    }
    return response


def _form(request: HtmxRequest, template: MailTemplate | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = TemplateForm(posted, instance=template)
    if form.is_valid():
        try:
            saved = drafting.save(
                template=template,
                said=form.cleaned_data,
                actor=request.user,
                now=timezone.now(),
            )
        except DraftingError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("“{name}” is saved.").format(name=saved.name))
            return redirect("mail:preview", saved.pk)
    context = {"form": form, "template": template, "fields": markup.FIELDS.items()}
    status = 422 if form.is_bound else 200
    return render(request, "mail/template_form.html", context, status=status)


def _leads(request: HtmxRequest) -> LeadQuerySet:
    leads = Lead.objects.visible_to(request.user).living().with_standing()
    return leads.filter(standing__isnull=False)


def lead_meant(request: HtmxRequest, typed: str) -> Lead | None:
    """The lead that is meant by a number or by words; else the latest to be mailed."""
    leads = _leads(request)
    words = typed[:200].strip()
    if words.isascii() and words.isdigit() and len(words) < 19:
        return leads.filter(pk=int(words)).first()
    if words:
        return leads.matching(words).order_by("-pk").first()
    mailable = leads.exclude(email_key="").filter(do_not_mail_since=None)
    return mailable.order_by("-pk").first()
