import uuid

import pytest
from django.urls import reverse

from handoff.models import Deal, Meeting, Task
from leads.models import Activity
from tests import bad_inputs
from tests.handoff.factories import owned_lead
from tests.leads.factories import RepFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not bad_inputs.GROUPS, reason="the shared list is absent"),
]
TIME = "2031-01-02T09:00"


@pytest.fixture
def lead(client):
    rep = RepFactory().user
    client.force_login(rep)
    return owned_lead(rep)


def is_taken(client, lead, name, fields):
    """Whether what is typed on this page of selling is written; else it is refused."""
    answer = client.post(reverse(f"handoff:{name}", args=[lead.pk]), fields)
    assert answer.status_code in (302, 422), (name, fields)
    return answer.status_code == 302


def test_any_text_is_kept_or_refused_and_never_breaks_a_page(client, lead):
    taken = [0, 0, 0, 0]
    for parameters in bad_inputs.cases("text"):
        text = str(bad_inputs.value_of(parameters.values[0]))
        text = text.encode("utf-8", "replace").decode()
        contact = {"choice": "call:reached", "note": text, "token": uuid.uuid4()}
        meeting = {"title": text, "starts_at": TIME, "minutes": "30", "addresses": text}
        forms = {
            "task_new": {"title": text, "kind": "call", "due_at": TIME},
            "contact": contact,
            "deal_open": {"name": text, "amount": "1", "currency": "EUR"},
            "meeting_new": meeting,
        }
        for number, (name, fields) in enumerate(forms.items()):
            taken[number] += is_taken(client, lead, name, fields)

    models = (Task, Activity, Deal, Meeting)
    assert [model.objects.count() for model in models] == taken
    for name in ("tasks", "deals"):
        html = client.get(reverse(f"handoff:{name}")).content.decode()
        assert "<script>" not in html
        assert "onload=alert(1)>" not in html


def test_any_time_is_kept_or_refused(client, lead):
    taken = [0, 0, 0]
    for parameters in bad_inputs.cases("dates"):
        at = str(bad_inputs.value_of(parameters.values[0]))
        forms = {
            "task_new": {"title": "Call", "kind": "call", "due_at": at},
            "contact": {
                "choice": "call:reached",
                "happened_at": at,
                "token": uuid.uuid4(),
            },
            "deal_open": {"name": "Fleet", "currency": "EUR", "expected_close_on": at},
        }
        for number, (name, fields) in enumerate(forms.items()):
            taken[number] += is_taken(client, lead, name, fields)

    models = (Task, Activity, Deal)
    assert [model.objects.count() for model in models] == taken


@pytest.mark.parametrize("name", ["tasks", "deals"])
def test_any_address_of_a_list_is_answered(client, lead, name):
    for parameters in bad_inputs.cases("query_params"):
        query = bad_inputs.query_of(parameters.values[0])
        answer = client.get(reverse(f"handoff:{name}"), QUERY_STRING=query)
        assert answer.status_code in (200, 400), parameters.id
