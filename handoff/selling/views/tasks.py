"""The tasks of sales: the page of all of them, and what can be done with one."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)
from django_htmx.http import trigger_client_event

from config.htmx import HtmxRequest, render_page, wants_partial
from handoff.choices import TaskKind
from handoff.models import Task
from handoff.querysets import TaskQuerySet
from handoff.selling import follow_ups, rights
from handoff.selling.forms import PostponeForm, TaskFilter, TaskForm
from handoff.selling.views.asking import ask, go_back, origin, visible_lead
from handoff.views.questions import Question
from leads.models import Lead
from leads.paging import page_of

PERMISSION = "handoff.decide_handoff"
PAGE_SIZE = 50
TABS = {
    "open": gettext_lazy("Open"),
    "overdue": gettext_lazy("Overdue"),
    "done": gettext_lazy("Done"),
}


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def tasks(request: HtmxRequest) -> HttpResponse:
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "open"
    lists = _lists(request)
    page = page_of(
        lists[tab].with_names(),
        order=("-ended_at", "-pk") if tab == "done" else ("due_at", "pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    context = {
        "page": page,
        "is_first": "after" not in request.GET,
        "tab": tab,
        "tabs": _tabs(lists),
        "filter": TaskFilter(request.GET),
        "manages": request.user.has_perm("handoff.manage_handoffs"),
        "now": timezone.now(),
    }
    return render_page(request, "selling/task_list.html", context, partial="tasks")


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def task_new(request: HtmxRequest, pk: int) -> HttpResponse:
    """A new task of the lead with this id."""
    lead = visible_lead(request, pk)
    now = timezone.now()
    initial = {
        "kind": TaskKind.CALL,
        "due_at": follow_ups.morning_in(days=1, now=now),
    }
    posted = request.POST if request.method == "POST" else None
    form = TaskForm(posted, now=now, initial=initial)
    if form.is_valid():
        deed = partial(follow_ups.add, lead=lead, now=now, **form.cleaned_data)
        return _do_and_go(request, lead, deed, _("The task is on the list."))
    title = _("New task for {lead}").format(lead=lead)
    question = Question(title, _("Add the task"), "primary", request.path, form)
    return ask(request, lead, question)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def task_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    names = ("title", "kind", "due_at")
    initial = {name: getattr(task, name) for name in names}
    posted = request.POST if request.method == "POST" else None
    form = TaskForm(posted, now=timezone.now(), initial=initial)
    if form.is_valid():
        deed = partial(follow_ups.edit, task=task, **form.cleaned_data)
        return _do_and_go(request, task.lead, deed, _("The task is saved."))
    ended = "" if task.is_open else _("This task has ended; take it up again first.")
    title = _("Change the task")
    question = Question(title, _("Save"), "primary", request.path, form, ended)
    return ask(request, task.lead, question)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def task_complete(request: HtmxRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    deed = partial(follow_ups.complete, task=task, now=timezone.now())
    return _do(request, task, deed, _("Done: {task}."))


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def task_cancel(request: HtmxRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    deed = partial(follow_ups.cancel, task=task, now=timezone.now())
    return _do(request, task, deed, _("Cancelled: {task}."))


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def task_take_up(request: HtmxRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    deed = partial(follow_ups.take_up, task=task)
    return _do(request, task, deed, _("Open again: {task}."))


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def task_postpone(request: HtmxRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    form = PostponeForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("No such time."))
    now = timezone.now()
    due_at = follow_ups.morning_in(days=form.cleaned_data["days"], now=now)
    deed = partial(follow_ups.postpone, task=task, due_at=due_at)
    return _do(request, task, deed, _("Later: {task}."))


def _task(request: HtmxRequest, pk: int) -> Task:
    visible = Task.objects.visible_to(request.user).with_names()
    return get_object_or_404(visible, pk=pk)


def _lists(request: HtmxRequest) -> dict[str, TaskQuerySet]:
    """What each tab lists: of the own leads, or of what a manager chose."""
    chosen = Q()
    if request.user.has_perm("handoff.manage_handoffs"):
        chosen = TaskFilter(_query(request)).condition
    own = Task.objects.worked_on_by(request.user).filter(chosen)
    now = timezone.now()
    return {"open": own.open(), "overdue": own.overdue(now=now), "done": own.ended()}


def _query(request: HtmxRequest) -> QueryDict:
    """What the page asks for; after a deed, the page on which it was done."""
    if request.method == "GET":
        return request.GET
    return QueryDict(urlsplit(request.htmx.current_url or "").query)


def _tabs(lists: dict[str, TaskQuerySet]) -> list[dict[str, Any]]:
    """Name, label and count of each tab; what is done is not counted."""
    return [
        {
            "name": name,
            "label": label,
            "count": None if name == "done" else lists[name].count(),
        }
        for name, label in TABS.items()
    ]


def _do(
    request: HtmxRequest, task: Task, deed: Callable[..., Task], done: str
) -> HttpResponse:
    """Do the deed; answer with the task as it then is, or lead back with a message."""
    error = ""
    try:
        deed(actor=request.user)
    except follow_ups.TaskError as refused:
        error = str(refused)
    done = done.format(task=task)
    if not wants_partial(request):
        return go_back(request, task.lead, done=done, error=error)
    where = origin(request)
    changed = Task.objects.with_names().get(pk=task.pk)
    standing = changed.lead.standing
    context = {
        "task": changed,
        "now": timezone.now(),
        "may_work": rights.may_sell(standing=standing, user=request.user),
        "error": error,
        "origin": where,
        "tabs": _tabs(_lists(request)) if where == "tasks" else [],
    }
    status = 409 if error else 200
    response = render(request, "selling/_task_changed.html", context, status=status)
    toast = {"text": error or done, "tone": "error" if error else "success"}
    return trigger_client_event(response, "toast", toast)


def _do_and_go(
    request: HtmxRequest, lead: Lead, deed: Callable[..., Task], done: str
) -> HttpResponse:
    error = ""
    try:
        deed(actor=request.user)
    except follow_ups.TaskError as refused:
        error = str(refused)
    return go_back(request, lead, done=done, error=error)
