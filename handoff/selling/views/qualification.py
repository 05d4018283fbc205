"""Filling in BANT or CHAMP while talking: each question is saved by itself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from config.htmx import HtmxRequest, wants_partial
from handoff.choices import Framework, Question
from handoff.selling import qualification, rights
from handoff.selling.forms import AnswerForm
from handoff.selling.qualification import AnswerError
from handoff.selling.views.asking import visible_lead
from leads.models import Lead, User


@require_GET
def sheet(request: HtmxRequest, pk: int) -> HttpResponse:
    """The questions of the framework in the address; without script the lead's page."""
    lead = visible_lead(request, pk)
    chosen = request.GET.get("framework", "")
    if not wants_partial(request):
        address = reverse("leads:detail", args=[lead.pk])
        return redirect(f"{address}?framework={_named(chosen)}#qualification")
    context = qualification_section(user=request.user, lead=lead, chosen=chosen)
    return render(request, "selling/_qualification.html", {"lead": lead, **context})


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_POST
def answer(request: HtmxRequest, pk: int, question: str) -> HttpResponse:
    """Keep one answer, and show it as it then is."""
    lead = visible_lead(request, pk)
    if question not in Question.values:
        raise Http404
    asked = Question(question)
    form = AnswerForm(request.POST)
    status, error = 200, ""
    if not form.is_valid():
        status = 422
        error = " ".join(
            str(words) for errors in form.errors.values() for words in errors
        )
    else:
        try:
            qualification.answer(
                lead=lead,
                question=asked,
                actor=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except AnswerError as refused:
            status, error = 409, str(refused)
    if not wants_partial(request):
        if error:
            messages.error(request, error)
        framework = question.split(".")[0]
        address = reverse("leads:detail", args=[lead.pk])
        return redirect(f"{address}?framework={framework}#qualification")
    line = qualification.line(lead=lead, cycle=lead.standing.cycle, question=asked)
    context = {"lead": lead, "line": line, "may_work": True, "error": error}
    return render(request, "selling/_answer.html", context, status=status)


def qualification_section(*, user: User, lead: Lead, chosen: str) -> dict[str, Any]:
    """Context of `selling/_qualification.html`."""
    sheet = qualification.sheet(
        lead=lead,
        cycle=lead.standing.cycle,
        framework=Framework(chosen) if chosen in Framework.values else None,
    )
    return {
        "framework": sheet.framework,
        "frameworks": Framework,
        "lines": sheet.lines,
        "may_work": rights.may_sell(standing=lead.standing, user=user),
    }


def _named(chosen: str) -> str:
    return chosen if chosen in Framework.values else Framework.BANT.value
