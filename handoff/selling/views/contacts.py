"""Logging a call, mail, meeting or note in two clicks: the kind, then the outcome."""

import uuid
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.htmx import HtmxRequest, wants_partial
from handoff.models import Task
from handoff.selling import contacts, follow_ups, rights
from handoff.selling.contacts import Contact
from handoff.selling.forms import ContactForm
from handoff.selling.views.asking import go_back, origin, visible_lead, way_back
from leads.choices import OUTCOMES_BY_KIND, ActivityKind
from leads.models import Lead


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_http_methods(["GET", "POST"])
def contact(request: HtmxRequest, pk: int) -> HttpResponse:
    """Ask for the outcome of `?kind=`, or of any kind; then log it."""
    lead = visible_lead(request, pk)
    now = timezone.now()
    if request.method == "POST":
        form = ContactForm(request.POST, lead=lead, now=now)
        if form.is_valid():
            return _log(request, lead, form.cleaned_data)
    else:
        initial = {"token": uuid.uuid4(), "settles": True}
        form = ContactForm(lead=lead, now=now, initial=initial)
    may_work = rights.may_sell(standing=lead.standing, user=request.user)
    context = {
        "lead": lead,
        "form": form,
        "kind": _kind(request),
        "groups": _groups(_kind(request)),
        "open_task": _settled_by(_kind(request), lead) if may_work else None,
        "may_work": may_work,
        "origin": origin(request),
        "back": way_back(request, lead),
    }
    status = 422 if form.errors else 200
    return render(
        request, f"selling/{_template(request, form)}", context, status=status
    )


def _template(request: HtmxRequest, form: ContactForm) -> str:
    if not wants_partial(request):
        return "contact.html"
    return "_contact_form.html" if form.is_bound else "_contact_dialog.html"


def _kind(request: HtmxRequest) -> str:
    given = (request.POST or request.GET).get("kind", "")
    return given if given in OUTCOMES_BY_KIND else ""


def _settled_by(kind: str, lead: Lead) -> Task | None:
    """The open task that a contact of this kind, or of any, would settle."""
    if kind:
        return follow_ups.matching(lead=lead, kind=ActivityKind(kind)).first()
    return Task.objects.open().filter(lead=lead).first()


def _groups(kind: str) -> list[dict[str, Any]]:
    """The kinds to choose an outcome of; the one asked for, or all."""
    return [
        {
            "kind": one,
            "label": ActivityKind(one).label,
            "outcomes": [
                (f"{one.value}:{outcome.value}", outcome.label) for outcome in outcomes
            ],
        }
        for one, outcomes in OUTCOMES_BY_KIND.items()
        if kind in ("", one)
    ]


def _log(request: HtmxRequest, lead: Lead, typed: dict[str, Any]) -> HttpResponse:
    now, then = timezone.now(), typed["then"]
    done = Contact(
        kind=typed["kind"],
        outcome=typed["outcome"],
        note=typed["note"],
        happened_at=typed["happened_at"],
        external_id=str(typed["token"]),
    )
    try:
        settled = contacts.log(
            lead=lead,
            contact=done,
            settles=typed["settles"],
            next_due_at=follow_ups.morning_in(days=then, now=now) if then else None,
            actor=request.user,
            now=now,
        )
    except (contacts.ContactError, follow_ups.TaskError) as refused:
        return go_back(request, lead, error=str(refused))
    text = _("{what} with {lead} is logged.")
    if settled:
        text = _("{what} with {lead} is logged; “{task}” is done.")
    words = {"what": done.kind.label, "lead": lead, "task": settled}
    return go_back(request, lead, done=text.format(**words))
