"""The page on which both sides promise."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.htmx import HtmxRequest
from reports import plans
from reports.models import MonthPlan
from reports.plan_form import PlanForm

may_promise = permission_required("handoff.manage_service_levels", raise_exception=True)


@login_required
@may_promise
@require_http_methods(["GET", "POST"])
def plan_page(request: HtmxRequest) -> HttpResponse:
    """The plans of all months, latest first, and a form for one of them."""
    now = timezone.now()
    if request.method == "POST":
        form = PlanForm(request.POST)
        if form.is_valid():
            plan = plans.set_plan(
                month=form.cleaned_data["month"],
                promise=form.promise(),
                actor=request.user,
                now=now,
            )
            text = _("The plan of {month} needs {sqls} SQLs.")
            messages.success(request, text.format(month=plan, sqls=plan.sqls))
            return redirect("reports:plans")
    else:
        form = PlanForm(initial=_usual(request.GET.get("month", ""), now.date()))
    context = {"form": form, "plans": MonthPlan.objects.order_by("-month")[:36]}
    return render(
        request,
        "reports/plans.html",
        context,
        status=422 if form.is_bound else 200,
    )


def _usual(asked: str, today: date) -> dict[str, object]:
    """What the form starts with: the plan of the month asked for, else the last one."""
    found = list(MonthPlan.objects.order_by("-month")[:120])
    same = [plan for plan in found if str(plan) == asked]
    plan = next(iter([*same, *found]), None)
    month = str(same[0]) if same else f"{today:%Y-%m}"
    return PlanForm.initial_of(plan, month=month)
