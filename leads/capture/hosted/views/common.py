"""What the pages of marketers share."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from leads.capture.hosted import overview
from leads.capture.models import HostedForm

PERMISSION = "capture.manage_forms"


def form_of(pk: int) -> HostedForm:
    return get_object_or_404(HostedForm.objects.select_related("campaign"), pk=pk)


def tab(
    request: HttpRequest,
    form: HostedForm,
    name: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """One of the pages of a form, with its head."""
    context = {**head(form, name), **context}
    return render(request, f"hosted/form_{name}.html", context, status=status)


def head(form: HostedForm, name: str) -> dict[str, Any]:
    """What the head of a form's pages needs; `name` is the tab."""
    return {"hosted": form, "tab": name, "counts": overview.counts(form)}
