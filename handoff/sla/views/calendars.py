"""The working calendars: a list, and a page for each."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest, render_page, wants_partial
from handoff import setting_changes
from handoff.choices import SettingKind
from handoff.models import CalendarDay, WorkingCalendar
from handoff.setting_changes import By
from handoff.sla import calendars, changing, public_holidays, times
from handoff.sla.forms import CalendarForm, DayForm
from leads.models import Team

PERMISSION = "handoff.manage_service_levels"
# A new calendar begins with these.
OFFICE_HOURS = {f"day_{number}": "09:00–17:00" for number in range(5)}
YEARS = range(2000, 2100)  # whose holidays can be looked at


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def calendar_list(request: HtmxRequest) -> HttpResponse:
    rows = WorkingCalendar.objects.prefetch_related(
        "shifts", "days", "uses__team", "uses__rep__user"
    )
    now = timezone.now()
    context = {
        "rows": [_row(calendar, now) for calendar in rows],
        "without": Team.objects.filter(calendar_use=None),
        "changes": setting_changes.latest(SettingKind.CALENDAR),
    }
    return render(request, "handoff/calendar_list.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def calendar_new(request: HtmxRequest) -> HttpResponse:
    zone = timezone.get_default_timezone_name()
    initial = {"time_zone": zone, **OFFICE_HOURS, **_chosen_country(request)}
    posted = request.POST if request.method == "POST" else None
    form = CalendarForm(posted, initial=initial)
    if form.is_valid():
        made = changing.save_calendar(calendar=None, plan=form.plan(), by=_by(request))
        messages.success(request, _("{calendar} is made.").format(calendar=made))
        return redirect("handoff:sla_calendar", made.pk)
    return _form_page(request, {"form": form, "calendar": None})


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def calendar_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    calendar = get_object_or_404(WorkingCalendar, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = CalendarForm(posted, instance=calendar, initial=_chosen_country(request))
    if form.is_valid():
        changing.save_calendar(calendar=calendar, plan=form.plan(), by=_by(request))
        text = _("{calendar} is saved; what is due follows within seconds.")
        messages.success(request, text.format(calendar=form.cleaned_data["name"]))
        return redirect("handoff:sla_calendar", pk)
    return _form_page(request, {"form": form, **_beside(request, pk, DayForm())})


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def calendar_delete(request: HtmxRequest, pk: int) -> HttpResponse:
    calendar = get_object_or_404(WorkingCalendar, pk=pk)
    try:
        changing.delete_calendar(calendar=calendar, by=_by(request))
    except calendars.InUseError as users:
        text = _("{users} still work by {calendar}; give them another one first.")
        messages.error(request, text.format(users=users, calendar=calendar))
        return redirect("handoff:sla_calendar", pk)
    messages.success(request, _("{calendar} is deleted.").format(calendar=calendar))
    return redirect("handoff:sla_calendars")


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def day_save(request: HtmxRequest, pk: int) -> HttpResponse:
    calendar = get_object_or_404(WorkingCalendar, pk=pk)
    form = DayForm(request.POST)
    if form.is_valid():
        changing.save_day(calendar=calendar, **form.cleaned_data, by=_by(request))
        form = DayForm()
        if not wants_partial(request):
            return redirect("handoff:sla_calendar", pk)
    context = {"form": CalendarForm(instance=calendar), **_beside(request, pk, form)}
    return render_page(
        request,
        "handoff/calendar_form.html",
        context,
        partial="calendar-days",
        status=422 if form.errors else 200,
    )


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def day_delete(request: HtmxRequest, pk: int) -> HttpResponse:
    day = get_object_or_404(CalendarDay.objects.select_related("calendar"), pk=pk)
    changing.delete_day(day=day, by=_by(request))
    if not wants_partial(request):
        return redirect("handoff:sla_calendar", day.calendar_id)
    context = _beside(request, day.calendar_id, DayForm())
    return render(request, "handoff/calendar_form.html#calendar-days", context)


def _by(request: HtmxRequest) -> By:
    return By(request.user, timezone.now())


def _form_page(request: HtmxRequest, context: dict[str, Any]) -> HttpResponse:
    """The page; htmx gets the parts of a country, or the holidays of a year."""
    partial = "country-part" if "country" in request.GET else "calendar-holidays"
    status = 422 if context["form"].errors else 200
    return render_page(
        request, "handoff/calendar_form.html", context, partial=partial, status=status
    )


def _chosen_country(request: HtmxRequest) -> dict[str, str]:
    """The country of the address, whose parts are then offered."""
    chosen = request.GET.get("country")
    return {} if chosen is None else {"country": chosen, "subdivision": ""}


def _beside(request: HtmxRequest, pk: int, day_form: DayForm) -> dict[str, Any]:
    """What stands beside the form: the calendar, its days, the holidays of a year."""
    calendar = WorkingCalendar.objects.prefetch_related("days").get(pk=pk)
    asked = request.GET.get("year", "")
    year = timezone.localdate().year
    if asked.isascii() and asked.isdigit() and int(asked) in YEARS:
        year = int(asked)
    return {
        "calendar": calendar,
        "days": [(day, times.write(day.hours)) for day in calendar.days.all()],
        "day_form": day_form,
        "year": year,
        "holidays": public_holidays.in_year(
            calendar.country, calendar.subdivision, year
        ),
        "is_used": calendar.uses.exists(),
    }


def _row(calendar: WorkingCalendar, now: datetime) -> dict[str, Any]:
    """A calendar with its week in words, and who works by it."""
    hours = calendars.hours_of(calendar)
    uses = list(calendar.uses.all())
    return {
        "calendar": calendar,
        "is_open": hours.is_open(now),
        "week": times.week_in_words(hours.shifts),
        "holidays": public_holidays.place(calendar.country, calendar.subdivision),
        "teams": [use.team for use in uses if use.team],
        "reps": [use.rep for use in uses if use.rep],
    }
