"""Filters kept under a name: save, open, share, remove."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from config.htmx import HtmxRequest, wants_partial
from leads.filters import LeadFilter
from leads.forms import SavedViewForm
from leads.models import Lead, SavedView

# Where a saved view opens: the board leaves the stage out, which its lanes show.
LAYOUTS = {"board": "nurture:board", "table": "leads:list"}


@require_GET
def saved_view_list(request: HtmxRequest) -> HttpResponse:
    views = SavedView.objects.visible_to(request.user).select_related("person")
    return render(request, "leads/saved_view_list.html", {"saved_views": views})


@require_http_methods(["GET", "POST"])
def save_view(request: HtmxRequest) -> HttpResponse:
    """Ask for a name, then keep the filter of the address (`?layout=` says whence)."""
    typed = request.POST.get("query", "")
    given = request.GET if request.method == "GET" else QueryDict(typed)
    query = LeadFilter(given, queryset=Lead.objects.none()).query
    layout = (request.POST or request.GET).get("layout", "table")
    if layout not in LAYOUTS:
        raise Http404
    form = SavedViewForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "query": query, "layout": layout}
    if not query and form.is_bound:
        form.add_error(None, _("Nothing is filtered: choose a filter first."))
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return _answer(request, context, status=status)
    try:
        with transaction.atomic():
            kept = SavedView.objects.create(
                person=request.user, query=query, **form.cleaned_data
            )
    except IntegrityError:
        form.add_error("name", _("You have a view of this name; take another."))
        return _answer(request, context, status=422)
    messages.success(request, _("The view “{name}” is kept.").format(name=kept))
    address = f"{reverse(LAYOUTS[layout])}?{kept.query}"
    if wants_partial(request):
        return HttpResponseClientRedirect(address)
    return redirect(address)


def _answer(
    request: HtmxRequest, context: dict[str, object], *, status: int
) -> HttpResponse:
    """The dialog for htmx, its form alone after a mistake, else a page."""
    if not wants_partial(request):
        template = "leads/saved_view_form.html"
    elif status == 200:
        template = "leads/_saved_view_dialog.html"
    else:
        template = "leads/_saved_view_form.html"
    return render(request, template, context, status=status)


@require_POST
def change_view(request: HtmxRequest, pk: int) -> HttpResponse:
    """Share an own view, keep it to oneself again, or remove it."""
    view = get_object_or_404(SavedView, pk=pk, person=request.user)
    match request.POST.get("do"):
        case "share" | "keep" as deed:
            view.is_shared = deed == "share"
            view.save(update_fields=["is_shared"])
        case "remove":
            view.delete()
            text = _("The view “{name}” is removed.").format(name=view.name)
            messages.success(request, text)
        case _:
            raise Http404
    return redirect("leads:saved-views")
