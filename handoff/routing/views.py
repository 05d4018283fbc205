"""Teams and their reps: who takes how much, from whom, and who is away."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.htmx import HtmxRequest
from handoff import setting_changes
from handoff.choices import SettingKind
from handoff.models import Absence
from handoff.routing import absences, days, members, teams
from handoff.routing.forms import (
    AbsenceForm,
    MemberForm,
    TeamForm,
    member_initial,
)
from handoff.routing.teams import TeamError
from handoff.setting_changes import By
from handoff.sla import calendars
from leads.models import Rep, Team

SETS_HOURS = "handoff.manage_service_levels"


@permission_required(absences.PERMISSION, raise_exception=True)
@require_GET
def team_list(request: HtmxRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "teams": members.teams(now=now),
        "now": now,
        "sets_hours": request.user.has_perm(SETS_HOURS),
        "changes": setting_changes.latest(SettingKind.MEMBER, SettingKind.TEAM),
    }
    return render(request, "handoff/team_list.html", context)


@permission_required(absences.PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def team_new(request: HtmxRequest) -> HttpResponse:
    return _team_form(request, None)


@permission_required(absences.PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def team_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    return _team_form(request, get_object_or_404(Team, pk=pk))


def _team_form(request: HtmxRequest, team: Team | None) -> HttpResponse:
    form = TeamForm(request.POST if request.method == "POST" else None, team=team)
    if form.is_valid():
        by = By(request.user, timezone.now())
        try:
            saved = teams.save(
                team=team,
                name=form.cleaned_data["name"],
                is_default=form.cleaned_data.get("is_default", False),
                by=by,
            )
        except TeamError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("{team} is saved.").format(team=saved))
            return redirect("handoff:teams")
    status = 422 if form.errors else 200
    context = {"team": team, "form": form}
    return render(request, "handoff/team_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def member(request: HtmxRequest, pk: int) -> HttpResponse:
    """A rep's page: for a manager to set, for the rep to plan absences."""
    rep = _rep(request, pk)
    if request.method == "GET":
        return _page(request, rep, {}, status=200)
    if not request.user.has_perm(absences.PERMISSION):
        raise PermissionDenied
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, rep, {"form": form}, status=422)
    by = By(request.user, timezone.now())
    members.save(rep=rep, to=form.membership, by=by)
    messages.success(request, _("{rep} is saved.").format(rep=rep))
    return redirect("handoff:teams")


@require_POST
def absence_add(request: HtmxRequest, pk: int) -> HttpResponse:
    rep = _rep(request, pk)
    form = AbsenceForm(request.POST, zone=days.zone_of(rep, calendars.load()))
    if not form.is_valid():
        return _page(request, rep, {"absence_form": form}, status=422)
    starts_at, ends_at = form.span
    absences.plan(
        rep=rep,
        starts_at=starts_at,
        ends_at=ends_at,
        note=form.cleaned_data["note"],
        catches_up=form.cleaned_data["catches_up"],
        actor=request.user,
    )
    messages.success(request, _("Planned: no new lead comes in that time."))
    return redirect("handoff:member", pk=rep.pk)


@require_POST
def absence_delete(request: HtmxRequest, pk: int) -> HttpResponse:
    absence = get_object_or_404(Absence.objects.select_related("rep__user"), pk=pk)
    rep = _rep(request, absence.rep_id)
    absences.cancel(absence=absence, actor=request.user)
    messages.success(request, _("Taken back: new leads come again."))
    return redirect("handoff:member", pk=rep.pk)


@require_GET
def my_absences(request: HtmxRequest) -> HttpResponse:
    """A rep's own page."""
    rep = getattr(request.user, "rep", None)
    if rep is None:
        raise Http404
    return redirect("handoff:member", pk=rep.pk)


def _rep(request: HtmxRequest, pk: int) -> Rep:
    """The rep, where this person is that rep or a manager; else not found."""
    rep = get_object_or_404(Rep.objects.select_related("user", "team"), pk=pk)
    if not absences.may_plan(rep=rep, user=request.user):
        raise Http404
    return rep


def _page(
    request: HtmxRequest, rep: Rep, context: dict[str, Any], *, status: int
) -> HttpResponse:
    now = timezone.now()
    known = members.times_of(rep=rep, now=now)
    hours = known["hours"]
    shown = member_initial(rep, members.seat_of(rep), hours)
    context = {
        **known,
        "rep": rep,
        "manages": request.user.has_perm(absences.PERMISSION),
        "sets_hours": request.user.has_perm(SETS_HOURS),
        "form": MemberForm(initial=shown),
        "absence_form": AbsenceForm(zone=hours.zone),
        "now": now,
        **context,
    }
    return render(request, "handoff/member_form.html", context, status=status)
