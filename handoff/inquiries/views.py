"""Questions of sales to marketing: asking, the list, answering."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from config.htmx import HtmxRequest, render_page, wants_partial
from handoff import lifecycle
from handoff.inquiries import asking
from handoff.inquiries.forms import AnswerForm, AskForm
from handoff.models import Handoff, Inquiry
from handoff.views import questions
from handoff.views.questions import Question
from leads.paging import page_of

PAGE_SIZE = 20


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_http_methods(["GET", "POST"])
def ask(request: HtmxRequest, pk: int) -> HttpResponse:
    """Ask marketing about a hand-off that waits."""
    handoffs = Handoff.objects.offered_to(request.user).with_names()
    handoff = get_object_or_404(handoffs, pk=pk)
    form = AskForm(request.POST if request.method == "POST" else None, handoff=handoff)
    if not form.is_valid():
        title = _("Ask marketing about {lead}").format(lead=handoff.lead)
        ended = ""
        if not handoff.is_open:
            ended = lifecycle.how_it_ended(handoff=handoff, now=timezone.now())
        question = Question(title, _("Ask"), "primary", request.path, form, ended)
        return questions.ask(request, handoff.lead, question)
    try:
        asking.ask(
            handoff=handoff,
            text=form.cleaned_data["text"],
            actor=request.user,
            now=timezone.now(),
        )
    except lifecycle.DecisionError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Marketing is asked."))
    address = questions.way_back(request, handoff.lead_id)
    if questions.origin(request) == "queue":
        address += f"&open={handoff.pk}"
    if wants_partial(request):
        return HttpResponseClientRedirect(address)
    return redirect(address)


@login_required
@require_GET
def inquiry_list(request: HtmxRequest) -> HttpResponse:
    """What waits for an answer, or what was answered, of what this person may see."""
    seen = Inquiry.objects.visible_to(request.user)
    tab = "ended" if request.GET.get("tab") == "ended" else "open"
    listed = seen.open() if tab == "open" else seen.ended()
    page = page_of(
        listed.with_names(),
        order=("asked_at", "pk") if tab == "open" else ("-asked_at", "-pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    context = {
        "page": page,
        "tab": tab,
        "open_count": seen.open().count(),
        "is_first": "after" not in request.GET,
        "may_answer": asking.may_answer(user=request.user),
    }
    return render_page(
        request, "inquiries/inquiry_list.html", context, partial="inquiry-list"
    )


@login_required
@require_POST
def answer(request: HtmxRequest, pk: int) -> HttpResponse:
    inquiry = _visible(request, pk)
    form = AnswerForm(request.POST, inquiry=inquiry)
    if not form.is_valid():
        return _card(request, inquiry, form=form, status=422)
    try:
        asking.answer(
            inquiry=inquiry,
            text=form.cleaned_data["text"],
            actor=request.user,
            now=timezone.now(),
        )
    except lifecycle.DecisionError as refused:
        return _card(request, inquiry, error=str(refused), status=409)
    return _card(request, inquiry, done=_("Your answer is with sales."))


@login_required
@require_POST
def withdraw(request: HtmxRequest, pk: int) -> HttpResponse:
    inquiry = _visible(request, pk)
    try:
        asking.withdraw(inquiry=inquiry, actor=request.user, now=timezone.now())
    except lifecycle.DecisionError as refused:
        return _card(request, inquiry, error=str(refused), status=409)
    return _card(request, inquiry, done=_("The question is taken back."))


def _visible(request: HtmxRequest, pk: int) -> Inquiry:
    seen = Inquiry.objects.visible_to(request.user).with_names()
    return get_object_or_404(seen, pk=pk)


def _card(
    request: HtmxRequest,
    inquiry: Inquiry,
    *,
    form: AnswerForm | None = None,
    error: str = "",
    done: str = "",
    status: int = 200,
) -> HttpResponse:
    """The question as it is now; without script the lead's page or the list."""
    if not wants_partial(request) and not form:
        if error:
            messages.error(request, error)
        else:
            messages.success(request, done)
        if questions.origin(request) == "lead":
            return redirect("leads:detail", pk=inquiry.handoff.lead_id)
        return redirect("handoff:inquiries")
    context: dict[str, Any] = {
        "inquiry": inquiry,
        "form": form,
        "error": error,
        "done": done,
        "may_answer": asking.may_answer(user=request.user),
        "origin": questions.origin(request),
    }
    name = "_inquiry" if wants_partial(request) else "inquiry_detail"
    return render(request, f"inquiries/{name}.html", context, status=status)
