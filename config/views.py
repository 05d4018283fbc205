"""Pages of the workspace as a whole."""

import sys

from django import forms
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config import busy
from config.htmx import HtmxRequest
from config.navigation import ENTRIES, may_open
from leads.choices import Stage


class SampleForm(forms.Form):
    """One field of each kind, for the style guide."""

    name = forms.CharField(label=_("Name"), help_text=_("First and last name."))
    email = forms.EmailField(label=_("E-mail"))
    source = forms.ChoiceField(
        label=_("Source"),
        required=False,
        choices=[("referral", _("Referral")), ("event", _("Event"))],
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)
    due_on = forms.DateField(
        label=_("Due"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    strategy = forms.ChoiceField(
        label=_("Strategy"),
        widget=forms.RadioSelect,
        choices=[("turns", _("In turns")), ("load", _("Least loaded"))],
    )
    is_urgent = forms.BooleanField(label=_("Urgent"), required=False)


@require_GET
def home(request: HtmxRequest) -> HttpResponse:
    """Where a person's day begins: the first entry of their side bar."""
    entry = next(entry for entry in ENTRIES if may_open(request.user, entry))
    return redirect(entry.url_name)


@require_GET
def styleguide(request: HtmxRequest) -> HttpResponse:
    """Every component in every state."""
    wrong = SampleForm({"name": "", "email": "ana@", "strategy": "turns"})
    context = {"stages": Stage, "form": SampleForm(auto_id="new_%s"), "wrong": wrong}
    return render(request, "styleguide.html", context)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of an error of ours; while the database is away, when to come back.

    Rendered without the request: what stands around a page asks the database.
    """
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return busy.response(error)
    return HttpResponse(render_to_string("500.html"), status=500)
