"""The list of forms, and a form's settings, publishing and embedding."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest
from leads.capture.hosted import building, embedding, overview, public_form
from leads.capture.hosted.building import BuildingError
from leads.capture.hosted.forms import NewFormForm, SettingsForm
from leads.capture.hosted.views.common import PERMISSION, form_of, tab


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def form_list(request: HtmxRequest) -> HttpResponse:
    are_archived = request.GET.get("archived") == "1"
    context = {
        "rows": overview.rows(are_archived=are_archived),
        "are_archived": are_archived,
    }
    return render(request, "hosted/form_list.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def form_new(request: HtmxRequest) -> HttpResponse:
    form = NewFormForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = building.create(
            **form.cleaned_data, actor=request.user, now=timezone.now()
        )
        return redirect("forms:detail", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "hosted/form_new.html", {"form": form}, status=status)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def form_settings(request: HtmxRequest, pk: int) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = SettingsForm(posted, instance=form_of(pk))
    if form.is_valid():
        try:
            building.save_settings(form=form_of(pk), said=form.cleaned_data)
            messages.success(request, _("The settings are saved."))
            return redirect("forms:settings", pk)
        except BuildingError as error:
            form.add_error(error.field, str(error))
    status = 422 if form.is_bound else 200
    return tab(request, form_of(pk), "settings", {"form": form}, status=status)


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def form_embed(request: HtmxRequest, pk: int) -> HttpResponse:
    form = form_of(pk)
    context = {
        "address": embedding.address(form),
        "frame": embedding.frame(form),
        "plain_post": embedding.plain_post(form),
    }
    return tab(request, form, "embed", context)


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def form_preview(request: HtmxRequest, pk: int) -> HttpResponse:
    """The public page, as it would be; nothing can be sent from it."""
    form = form_of(pk)
    context = {
        "form": form,
        "filled": public_form.PublicForm(form),
        "is_preview": True,
        "is_embedded": False,
    }
    return render(request, "public/form.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def form_publish(request: HtmxRequest, pk: int) -> HttpResponse:
    """Open the form to everybody, or close it with `off`."""
    form = form_of(pk)
    if request.POST.get("off"):
        building.unpublish(form=form)
        messages.success(request, _("The form is closed; its page is not found."))
    elif building.publish(form=form, now=timezone.now()):
        messages.success(request, _("The form is open to everybody."))
    return redirect("forms:share", pk)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def form_archive(request: HtmxRequest, pk: int) -> HttpResponse:
    """Put the form away, or take it back out with `off`."""
    form = form_of(pk)
    if request.POST.get("off"):
        building.restore(form=form)
        messages.success(request, _("The form is back; publish it to open it."))
    elif building.archive(form=form, now=timezone.now()):
        messages.success(request, _("The form is closed and archived."))
    return redirect("forms:detail", pk)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def form_copy(request: HtmxRequest, pk: int) -> HttpResponse:
    made = building.copy(form=form_of(pk), actor=request.user, now=timezone.now())
    messages.success(request, _("This is the copy. It is not published."))
    return redirect("forms:settings", made.pk)
