"""The companies: their list, one with its people, and what people change of them."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Max, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from config.htmx import HtmxRequest, render_page
from handoff.models import Deal, Handoff
from leads import accounts
from leads.choices import OUTBOUND_KINDS
from leads.models import Account, Activity, Lead, User
from leads.nurture.board import with_engagement
from leads.paging import page_of

PAGE_SIZE = 50
PEOPLE = 50
HAPPENED = 15
# Whoever did something in these days belongs to the buying group.
BUYING_DAYS = 30


class AccountFilter(forms.Form):
    """What the list is narrowed by; what nobody knows is left out."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": gettext_lazy("Name or domain…")}
        ),
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        queryset=User.objects.filter(is_active=True),
        required=False,
        empty_label=gettext_lazy("Anyone"),
    )


class AccountForm(forms.Form):
    """The fields of an account; `seen` is what they were when they were shown."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    domain = forms.CharField(
        label=gettext_lazy("Web domain"),
        max_length=253,
        required=False,
        help_text=gettext_lazy("Such as acme.com; companies are told apart by it."),
    )
    industry = forms.CharField(
        label=gettext_lazy("Industry"), max_length=100, required=False
    )
    employees = forms.IntegerField(
        label=gettext_lazy("Employees"),
        required=False,
        min_value=0,
        max_value=2**31 - 1,
    )
    country = forms.CharField(
        label=gettext_lazy("Country"), max_length=100, required=False
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        queryset=User.objects.filter(is_active=True),
        required=False,
        empty_label=gettext_lazy("Nobody"),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class MergeForm(forms.Form):
    """The number of the account that is merged into this one."""

    other = forms.IntegerField(
        label=gettext_lazy("Number of the account that is merged into it"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=gettext_lazy("It stands beside the name of each account."),
    )


@require_GET
def account_list(request: HtmxRequest) -> HttpResponse:
    found = Account.objects.visible_to(request.user).select_related("owner")
    form = AccountFilter(request.GET)
    if form.is_valid():
        found = found.matching(form.cleaned_data["q"])
        if owner := form.cleaned_data["owner"]:
            found = found.filter(owner=owner)
    page = page_of(
        found,
        order=("name_key", "pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    figures = _figures(request, page.rows)
    context = {
        "form": form,
        "rows": [(account, figures.get(account.pk, {})) for account in page.rows],
        "page": page,
        "is_narrowed": any(request.GET.get(name) for name in form.fields),
    }
    return render_page(
        request, "leads/account_list.html", context, partial="account-table"
    )


@require_GET
def account_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    now = timezone.now()
    leads = Lead.objects.visible_to(request.user).filter(account=account)
    warmest = with_engagement(leads.with_standing(), at=now)
    happened = Activity.objects.filter(lead__in=leads.order_by().values("pk"))
    engaged = happened.filter(
        occurred_at__gte=now - timedelta(days=BUYING_DAYS), is_machine=False
    ).exclude(kind__in=OUTBOUND_KINDS)
    buying = engaged.order_by().values("lead").annotate(times=Count("pk"))
    times = dict(buying.values_list("lead", "times"))
    handoffs = Handoff.objects.visible_to(request.user).pending()
    deals = Deal.objects.visible_to(request.user).open().with_names()
    context = {
        "account": account,
        "now": now,
        "people": page_of(
            warmest,
            order=("-engagement", "pk"),
            cursor=request.GET.get("after", ""),
            size=PEOPLE,
        ),
        "figures": _figures(request, [account]).get(account.pk, {}),
        "buying": [
            (lead, times[lead.pk])
            for lead in leads.filter(pk__in=times).select_related("account")[:PEOPLE]
        ],
        "buying_count": len(times),
        "happened": happened.select_related("lead", "campaign")[:HAPPENED],
        "handoffs": handoffs.filter(lead__account=account).select_related(
            "lead__account", "rep", "team"
        )[:PEOPLE],
        "deals": deals.filter(lead__account=account)[:PEOPLE],
    }
    return render(request, "leads/account_detail.html", context)


@permission_required("leads.merge_leads", raise_exception=True)
@require_http_methods(["GET", "POST"])
def account_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Change an account; 409 with theirs and yours where somebody was faster."""
    account = _account(request, pk)
    shown = accounts.as_typed(account) | {"seen": accounts.fingerprint(account)}
    posted = request.POST if request.method == "POST" else None
    form = AccountForm(posted, initial=shown)
    theirs: list[tuple[str, Any, Any]] = []
    status = 200
    if form.is_valid():
        typed = {name: form.cleaned_data[name] for name in accounts.FIELDS}
        try:
            accounts.edit(account=account, typed=typed, seen=form.cleaned_data["seen"])
        except accounts.AccountError as error:
            form.add_error(error.field, str(error))
        except accounts.ChangedMeanwhileError:
            account.refresh_from_db()
            theirs = [
                (str(form.fields[name].label), their, typed[name])
                for name, their in accounts.as_typed(account).items()
                if (their or "") != (typed[name] or "")
            ]
            again = request.POST.copy()
            again["seen"] = accounts.fingerprint(account)
            form, status = AccountForm(again, initial=shown), 409
        else:
            messages.success(request, _("“{name}” is saved.").format(name=account))
            return redirect("leads:account", pk=account.pk)
    if status == 200 and form.errors:
        status = 422
    context = {"account": account, "form": form, "theirs": theirs}
    return render(request, "leads/account_form.html", context, status=status)


@permission_required("leads.merge_leads", raise_exception=True)
@require_http_methods(["GET", "POST"])
def account_merge(request: HtmxRequest, pk: int) -> HttpResponse:
    """Merge another account into this one, once both were shown."""
    account = _account(request, pk)
    form = MergeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        other = Account.objects.filter(pk=form.cleaned_data["other"]).first()
        try:
            accounts.merge(kept=account, merged=other or account, now=timezone.now())
        except accounts.AccountError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("The two are one account now."))
            return redirect("leads:account", pk=account.pk)
    context = {
        "account": account,
        "form": form,
        "alike": Account.objects.filter(name_key=account.name_key).exclude(pk=pk)[:10],
    }
    status = 422 if form.errors else 200
    return render(request, "leads/account_merge.html", context, status=status)


def _account(request: HtmxRequest, pk: int) -> Account:
    found = Account.objects.visible_to(request.user).select_related("owner")
    return get_object_or_404(found, pk=pk)


def _figures(request: HtmxRequest, rows: list[Account]) -> dict[int, dict[str, Any]]:
    """For each account: its people, and the sum and top of their engagement now."""
    leads = Lead.objects.visible_to(request.user).filter(account__in=rows)
    engaged = with_engagement(leads, at=timezone.now()).order_by().values("account")
    figures = engaged.annotate(
        people=Count("pk"), total=Sum("engagement"), top=Max("engagement")
    )
    return {row["account"]: dict(row) for row in figures}
