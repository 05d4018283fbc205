import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from handoff.models import Task
from leads.choices import Role, Stage
from leads.models import Activity
from tests.handoff.factories import TaskFactory, manager, owned_lead
from tests.leads.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def rep(client):
    user = RepFactory().user
    client.force_login(user)
    return user


@pytest.fixture
def task(rep):
    return TaskFactory(lead=owned_lead(rep), rep=rep, due_at=in_days(2))


def in_days(days):
    return timezone.now() + timedelta(days=days)


def address(name, task):
    return reverse(f"handoff:{name}", args=[task.pk])


def listed(client, **query):
    return client.get(reverse("handoff:tasks"), query).content.decode()


def test_the_most_urgent_task_stands_first(client, rep, task):
    TaskFactory(lead=task.lead, title="Sooner", due_at=in_days(1))

    html = listed(client)

    assert html.index("Sooner") < html.index("Call about the offer")


def test_the_tabs_hold_what_they_say(client, rep, task):
    TaskFactory(lead=task.lead, title="Too late", due_at=in_days(-1))
    TaskFactory(lead=task.lead, title="Finished", ended_at=timezone.now())

    assert "Finished" not in listed(client)
    assert "Call about the offer" not in listed(client, tab="overdue")
    assert "Too late" in listed(client, tab="overdue")
    assert "Finished" in listed(client, tab="done")


def test_a_rep_lists_own_tasks_and_a_manager_the_chosen_reps(client, rep, task):
    other = RepFactory().user
    TaskFactory(lead=owned_lead(other), rep=other, title="Of another")

    assert "Of another" not in listed(client)
    client.force_login(manager())
    assert "Of another" in listed(client)
    assert "Of another" not in listed(client, owner=rep.rep.pk)


def test_ten_tasks_cost_as_many_queries_as_one(
    client, rep, task, django_assert_num_queries
):
    with CaptureQueriesContext(connection) as for_one:
        listed(client)
    for _number in range(9):
        TaskFactory(lead=owned_lead(rep), rep=rep)

    with django_assert_num_queries(len(for_one)):
        listed(client)


def test_a_long_list_goes_on_after_its_last_row(client, rep, task):
    TaskFactory.create_batch(50, lead=task.lead, due_at=in_days(1), title="Sooner")

    first = client.get(reverse("handoff:tasks"))
    after = first.context["page"].next_cursor

    assert "Call about the offer" not in first.content.decode()
    assert "Call about the offer" in listed(client, after=after)


def test_done_in_one_click_and_undone(client, rep, task):
    data = {"origin": "tasks"}

    done = client.post(address("task_complete", task), data, headers=HTMX)
    undone = client.post(address("task_take_up", task), data, headers=HTMX)

    assert "Done by" in done.content.decode()
    assert "count-open" in done.content.decode()
    assert "Undo" not in undone.content.decode()
    assert Task.objects.get().is_open


def test_after_a_deed_the_tabs_count_what_the_manager_chose(client, rep, task):
    other = RepFactory().user
    TaskFactory(lead=owned_lead(other), rep=other)
    client.force_login(manager())
    chosen = f"http://testserver{reverse('handoff:tasks')}?owner={rep.rep.pk}"

    answer = client.post(
        address("task_complete", task),
        {"origin": "tasks"},
        headers={**HTMX, "HX-Current-URL": chosen},
    )

    assert [tab["count"] for tab in answer.context["tabs"]] == [0, 0, None]


def test_a_move_that_came_too_late_shows_the_true_state(client, rep, task):
    client.post(address("task_cancel", task))

    answer = client.post(address("task_complete", task), headers=HTMX)

    assert answer.status_code == 409
    assert "was cancelled" in answer.content.decode()


def test_without_script_a_deed_leads_back_to_the_page(client, rep, task):
    answer = client.post(address("task_complete", task), {"origin": "tasks"})

    assert answer.status_code == 302
    assert answer.url == reverse("handoff:tasks")


def test_a_task_is_put_off_by_a_week(client, rep, task):
    client.post(address("task_postpone", task), {"days": "7"}, headers=HTMX)

    assert Task.objects.get().due_at > in_days(6)


def test_no_page_of_ours_puts_off_by_99_days(client, rep, task):
    answer = client.post(address("task_postpone", task), {"days": "99"})

    assert answer.status_code == 400


def test_a_task_is_planned_on_the_leads_page(client, rep):
    lead = owned_lead(rep)
    data = {"title": "Send the offer", "kind": "email", "due_at": "2031-01-02T09:00"}

    answer = client.post(reverse("handoff:task_new", args=[lead.pk]), data)

    assert answer.url == reverse("leads:detail", args=[lead.pk])
    assert "Send the offer" in client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("title", "a\x00b"),
        ("kind", "fax"),
        ("due_at", "soon"),
        ("due_at", "2020-01-01T09:00"),
        ("due_at", "9999-12-31T23:59"),
        ("due_at", "0001-01-01T00:00"),
    ],
)
def test_a_wrong_task_is_refused_beside_its_field(client, rep, field, value):
    lead = owned_lead(rep)
    data = {"title": "Call", "kind": "call", "due_at": "2031-01-02T09:00"}

    answer = client.post(
        reverse("handoff:task_new", args=[lead.pk]), {**data, field: value}
    )

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Task.objects.exists()


def test_a_task_can_be_changed_though_it_is_overdue(client, rep):
    task = TaskFactory(lead=owned_lead(rep), due_at=in_days(-1))
    due_at = timezone.localtime(task.due_at).isoformat()
    data = {"title": "Call again", "kind": "call", "due_at": due_at}

    client.post(address("task_edit", task), data)

    assert Task.objects.get().title == "Call again"


@pytest.mark.parametrize(
    "name",
    ["task_edit", "task_complete", "task_cancel", "task_postpone", "task_take_up"],
)
def test_another_reps_task_is_not_found(client, rep, name):
    task = TaskFactory(lead=owned_lead(RepFactory().user))

    assert client.post(address(name, task), {"days": "1"}).status_code == 404


def test_a_marketer_has_no_tasks(client):
    client.force_login(UserFactory(role=Role.MARKETER))

    assert client.get(reverse("handoff:tasks")).status_code == 403


def contact(client, lead, **data):
    data = {"token": uuid.uuid4(), "settles": "on", **data}
    return client.post(reverse("handoff:contact", args=[lead.pk]), data)


def test_a_call_is_logged_in_two_clicks(client, rep, task):
    form = client.get(
        reverse("handoff:contact", args=[task.lead_id]), {"kind": "call"}
    ).content.decode()

    contact(client, task.lead, choice="call:left_message")

    assert 'value="call:left_message"' in form
    assert "meeting:held" not in form
    assert Activity.objects.get().properties == {"outcome": "left_message"}
    assert not Task.objects.open().exists()
    page = client.get(reverse("leads:detail", args=[task.lead_id])).content.decode()
    assert "Left a message" in page


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "choice"),
        ({"choice": "call:held"}, "choice"),
        ({"choice": "note:written"}, "note"),
        ({"choice": "call:reached", "note": "x" * 501}, "note"),
        ({"choice": "call:reached", "happened_at": "2020-01-01T09:00"}, "happened_at"),
        ({"choice": "call:reached", "then": "99"}, "then"),
        ({"choice": "call:reached", "token": "1"}, "token"),
    ],
)
def test_a_wrong_contact_is_refused_beside_its_field(client, rep, task, data, field):
    answer = contact(client, task.lead, **data)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Activity.objects.exists()


def test_another_reps_lead_takes_no_contact(client, rep):
    lead = owned_lead(RepFactory().user, Stage.ACCEPTED)

    assert contact(client, lead, choice="call:reached").status_code == 404
