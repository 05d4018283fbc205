"""The page of what sales rejected, and one rejection with what was said to it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from config.htmx import HtmxRequest, render_page
from handoff.choices import RemarkKind
from handoff.feedback import kinds, listing, remarks
from handoff.feedback.forms import STATES, RemarkForm, WantedForm
from handoff.feedback.listing import Line, Panel
from handoff.lifecycle import DecisionError
from handoff.models import Handoff, Remark
from handoff.querysets import HandoffQuerySet
from leads.models import Lead
from leads.paging import page_of

PAGE_SIZE = 25
DEEDS = {
    RemarkKind.ANSWER: (remarks.answer, _("Sales is told.")),
    RemarkKind.DISPUTE: (remarks.dispute, _("Sales and its managers are told.")),
    RemarkKind.LEARNED: (remarks.learn, _("It is marked as learned.")),
}


@login_required
@require_GET
def feedback(request: HtmxRequest) -> HttpResponse:
    """What sales rejected and why: counts with their trend, and the rejections."""
    form, now = WantedForm(request.GET, user=request.user), timezone.now()
    wanted = form.wanted()
    found = listing.rejections(user=request.user, wanted=wanted, now=now)
    page = page_of(
        _with_names(found),
        order=("-decided_at", "-pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    context = {
        "form": form,
        "wanted": wanted,
        "states": STATES,
        "page": page,
        "rows": _told(request, page.rows),
        "panels": _panels(
            request, listing.panels(user=request.user, wanted=wanted, now=now)
        ),
        "is_first": "after" not in request.GET,
        "kept": [
            (name, request.GET[name])
            for name in ("state", "reason", "source", "campaign", "rule")
            if request.GET.get(name)
        ],
    }
    return render_page(request, "feedback/feedback.html", context, partial="feedback")


@login_required
@require_GET
def feedback_one(request: HtmxRequest, pk: int) -> HttpResponse:
    return _page(request, _rejection(request, pk))


@login_required
@require_POST
def say(request: HtmxRequest, pk: int) -> HttpResponse:
    """Answer, dispute, or mark as learned; with `off` that mark is taken off."""
    handoff, now = _rejection(request, pk), timezone.now()
    form = RemarkForm(request.POST, handoff=handoff)
    if not form.is_valid():
        return _page(request, handoff, form=form, status=422)
    kind = RemarkKind(form.cleaned_data["kind"])
    try:
        if kind == RemarkKind.LEARNED and request.POST.get("off"):
            remarks.forget(handoff=handoff, actor=request.user)
            messages.success(request, _("The mark is taken off."))
        else:
            deed, done = DEEDS[kind]
            text = form.cleaned_data["text"]
            deed(handoff=handoff, text=text, actor=request.user, now=now)
            messages.success(request, str(done))
    except DecisionError as refused:
        form.add_error("text", str(refused))
        return _page(request, handoff, form=form, status=409)
    return redirect("handoff:feedback_one", pk)


def _with_names(found: HandoffQuerySet) -> HandoffQuerySet:
    """With everything that a rejection prints, in a fixed number of queries."""
    named = found.with_names().select_related("lead__campaign")
    said = Remark.objects.select_related("actor")
    return named.prefetch_related(Prefetch("remarks", said))


def _rejection(request: HtmxRequest, pk: int) -> Handoff:
    seen = _with_names(Handoff.objects.visible_to(request.user).rejected())
    return get_object_or_404(seen, pk=pk)


@dataclass(frozen=True)
class Told:
    """One rejection as a person may see it; addresses are empty where they may not.

    `lines` are those of its score then, each with the address of its rule.
    """

    handoff: Handoff
    may_open: bool
    segment: str
    lines: list[tuple[dict[str, Any], str]]

    @property
    def kinds(self) -> set[str]:
        return {one.kind for one in self.handoff.remarks.all()}


def _told(request: HtmxRequest, rows: list[Handoff]) -> list[Told]:
    user = request.user
    lines = [line for one in rows for line in one.brief.get("why", [])]
    may_score = user.has_perm("scoring.change_scoring")
    rules = kinds.rule_addresses(lines) if may_score else {}
    seen = Lead.objects.visible_to(user).filter(pk__in=[one.lead_id for one in rows])
    lead_ids = set(seen.values_list("pk", flat=True))
    may_build = user.has_perm("nurture.manage_nurture")
    return [
        Told(
            one,
            one.lead_id in lead_ids,
            kinds.segment_address(one) if may_build else "",
            [(line, rules.get(line["what"], "")) for line in one.brief.get("why", [])],
        )
        for one in rows
    ]


def _panels(
    request: HtmxRequest, panels: list[Panel]
) -> list[tuple[Panel, list[tuple[Line, str, bool]]]]:
    """Each panel with its lines, where each leads, and whether it is chosen."""
    made = []
    for panel in panels:
        lines = []
        for line in panel.lines:
            is_chosen = request.GET.get(panel.name) == line.key
            query = request.GET.copy()
            query.pop("after", None)
            query.pop(panel.name, None)
            if not is_chosen:
                query[panel.name] = line.key
            lines.append((line, f"?{query.urlencode()}" if line.key else "", is_chosen))
        made.append((panel, lines))
    return made


def _page(
    request: HtmxRequest,
    handoff: Handoff,
    *,
    form: RemarkForm | None = None,
    status: int = 200,
) -> HttpResponse:
    told = _told(request, [handoff])[0]
    context = {
        "handoff": handoff,
        "told": told,
        "form": form or RemarkForm(handoff=handoff),
        "is_learned": RemarkKind.LEARNED in told.kinds,
        "is_disputed": RemarkKind.DISPUTE in told.kinds,
        "may_speak": remarks.may_speak(handoff=handoff, user=request.user),
        "is_marketing": remarks.speaks_for_marketing(user=request.user),
        "now": timezone.now(),
    }
    return render(request, "feedback/rejection.html", context, status=status)
