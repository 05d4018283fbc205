"""Campaigns: their list, one with what came of it and its members, the form."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.htmx import HtmxRequest, render_page
from leads import campaigns
from leads.campaign_forms import CampaignFilter, CampaignForm, MembersForm
from leads.campaigns import CampaignError
from leads.choices import MemberStatus
from leads.models import Campaign, Lead
from leads.nurture import segments
from leads.nurture.bulk import running
from leads.nurture.bulk.registry import BulkDeedError, deed_of
from leads.nurture.bulk.whom import Whom
from leads.nurture.choices import BulkKind, BulkLayout
from leads.nurture.forms import AddressesForm
from leads.nurture.models import Segment
from leads.paging import page_of
from leads.text import fold

PERMISSION = "leads.manage_campaigns"
PAGE_SIZE = 50
MOST_TICKED = 500


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def campaign_list(request: HtmxRequest) -> HttpResponse:
    form = CampaignFilter(request.GET)
    said = form.said()
    found = Campaign.objects.all()
    for word in fold(said.get("q", "").replace("\0", " ")).split():
        found = found.filter(name_key__contains=word)
    if said.get("channel"):
        found = found.filter(channel=said["channel"])
    page = page_of(
        found,
        order=("name", "pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    context = {
        "form": form,
        "page": page,
        "rows": campaigns.outcomes(page.rows),
        "is_narrowed": any(said.values()),
    }
    return render_page(
        request, "leads/campaign_list.html", context, partial="campaign-table"
    )


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def campaign_new(request: HtmxRequest) -> HttpResponse:
    return _form(request, None)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def campaign_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(Campaign, pk=pk))


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def campaign_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(Campaign, pk=pk), AddressesForm())


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def campaign_put(request: HtmxRequest, pk: int) -> HttpResponse:
    """Say how far leads are: those of typed addresses, of a segment, or ticked ones.

    A segment is put in by a worker. With `off` what was said of ticked ones is
    forgotten.
    """
    campaign = get_object_or_404(Campaign, pk=pk)
    if "segment" in request.POST:
        return _put_segment(request, campaign)
    leads = Lead.objects.visible_to(request.user).living()
    unknown: list[str] = []
    if "addresses" in request.POST:
        form = AddressesForm(request.POST)
        if not form.is_valid():
            return _page(request, campaign, form, status=422)
        typed = form.cleaned_data["addresses"]
        leads, unknown = segments.by_addresses(typed, user=request.user)
    else:
        leads = leads.filter(pk__in=_ticked(request))
    if request.POST.get("off"):
        count = campaigns.take_back(campaign=campaign, leads=leads)
    else:
        members = MembersForm(request.POST)
        if not members.is_valid():
            return _page(request, campaign, AddressesForm(), status=422)
        count = campaigns.put(
            campaign=campaign,
            leads=leads,
            status=members.cleaned_data["status"],
            actor=request.user,
            now=timezone.now(),
        )
    text = ngettext("{count} lead is changed.", "{count} leads are changed.", count)
    messages.success(request, text.format(count=f"{count:,}"))
    if unknown:
        names = ", ".join(one[:100] for one in unknown[:5])
        text = _("No lead has this address: {names}")
        messages.error(request, text.format(names=names))
    return redirect(campaign)


def _put_segment(request: HtmxRequest, campaign: Campaign) -> HttpResponse:
    """Owe it to a worker, and show how far it is where that takes a while."""
    now, kind = timezone.now(), BulkKind.CAMPAIGN
    form = deed_of(kind).form({**request.POST.dict(), "campaign": campaign.pk}, now=now)
    if not form.is_valid():
        return _page(request, campaign, AddressesForm(), status=422)
    whom = Whom(layout=BulkLayout.SEGMENT, query=str(_segment(request).pk))
    try:
        deed = running.ask(
            kind=kind,
            whom=whom,
            wish=form.wish,
            words=form.in_words,
            actor=request.user,
            now=now,
        )
    except BulkDeedError as error:
        messages.error(request, str(error))
        return redirect(campaign)
    running.do_now(deed=deed, now=now)
    if deed.is_running:
        return redirect(deed)
    messages.success(request, running.in_words(deed))
    return redirect(campaign)


def _form(request: HtmxRequest, campaign: Campaign | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = CampaignForm(posted, instance=campaign)
    if form.is_valid():
        try:
            saved = campaigns.save(campaign=campaign, said=form.cleaned_data)
        except CampaignError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("“{name}” is saved.").format(name=saved.name))
            return redirect(saved)
    name = Campaign.objects.get(pk=campaign.pk).name if campaign else ""
    context = {"form": form, "campaign": campaign, "name": name}
    status = 422 if form.is_bound else 200
    return render(request, "leads/campaign_form.html", context, status=status)


def _page(
    request: HtmxRequest,
    campaign: Campaign,
    form: AddressesForm,
    *,
    status: int = 200,
) -> HttpResponse:
    wanted = request.GET.get("status", "")
    found: QuerySet[Any] = campaigns.members(campaign).with_standing()
    if wanted in MemberStatus.values:
        found = found.filter(member_status=wanted)
    page = page_of(
        found,
        order=("-created_at", "-pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    labels = dict(MemberStatus.choices)
    outcome = campaigns.outcome(campaign)
    context: dict[str, Any] = {
        "campaign": campaign,
        "outcome": outcome,
        "stages": [
            (
                stage,
                outcome.by_stage[stage],
                outcome.influenced[stage],
                outcome.cost_of(stage),
            )
            for stage in campaigns.REACHED
        ],
        "costs": zip(campaigns.COSTED, outcome.costs, strict=True),
        "page": page,
        "rows": [(lead, labels[lead.member_status]) for lead in page.rows],
        "form": form,
        "under_way": running.under_way(
            kind=BulkKind.CAMPAIGN, wished={"campaign": campaign.pk}
        ),
        "members_form": MembersForm(),
        "segments": Segment.objects.filter(archived_at=None)[:200],
        "status": wanted if wanted in MemberStatus.values else "",
        "statuses": MemberStatus.choices,
    }
    return render(request, "leads/campaign_detail.html", context, status=status)


def _segment(request: HtmxRequest) -> Segment:
    typed = request.POST.get("segment", "")
    is_number = typed.isascii() and typed.isdigit() and len(typed) < 19
    return get_object_or_404(
        Segment, pk=int(typed) if is_number else 0, archived_at=None
    )


def _ticked(request: HtmxRequest) -> list[int]:
    typed = [one for one in request.POST.getlist("lead") if len(one) < 19]
    numbers = [int(one) for one in typed if one.isascii() and one.isdigit()]
    return numbers[:MOST_TICKED]
