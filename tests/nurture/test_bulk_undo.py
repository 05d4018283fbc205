import pytest
from django.urls import reverse

from handoff.models import Handoff
from leads.choices import Role, Stage
from leads.models import Standing
from leads.nurture.bulk import running
from leads.nurture.models import BulkDeed
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
NEW = reverse("bulk:new")


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def move(client, leads, to, **typed):
    typed = {"kind": "move", "layout": "board", "to": to, **typed}
    typed["lead"] = ",".join(str(lead.pk) for lead in leads)
    return client.post(NEW, typed, headers=HTMX)


def moved(client, leads, to):
    return move(client, leads, to, step="do", reason="Met at the fair")


def undo(client):
    deed = BulkDeed.objects.latest("pk")
    return client.post(reverse("bulk:undo", args=[deed.pk]), headers=HTMX)


def stages(leads):
    by_lead = dict(Standing.objects.values_list("lead", "stage"))
    return [by_lead[lead.pk] for lead in leads]


def test_a_drop_of_several_asks_why_and_knows_where_to(client, marketer):
    page = move(client, LeadFactory.create_batch(2), "mql").content.decode()

    assert '<input type="radio" name="to" value="mql"' in page
    assert page.count("checked") == 1


def test_a_drop_where_only_sales_moves_leads_says_so(client, marketer):
    page = move(client, LeadFactory.create_batch(2), "accepted").content.decode()

    assert "Leads cannot be moved to “Accepted” by hand." in page


def test_moves_of_several_are_taken_back_at_once(client, marketer):
    leads = [LeadFactory(), LeadFactory(stage=Stage.IQL)]
    told = moved(client, leads, "mql")
    assert stages(leads) == ["mql", "mql"]

    answer = undo(client)

    assert reverse("bulk:undo", args=[BulkDeed.objects.get().pk]) in told.text
    assert stages(leads) == ["new", "iql"]
    assert "2 leads are back." in answer.headers["HX-Trigger"]
    assert "leads-changed" in answer.headers["HX-Trigger"]


def test_refused_ones_stay_and_it_says_which_rule_forbids_it(client, marketer):
    free, bought = LeadFactory(), LeadFactory(stage=Stage.CUSTOMER)

    told = moved(client, [free, bought], "mql")

    assert stages([free, bought]) == ["mql", "customer"]
    assert "bulk-reasons" in told.text
    assert "close-dialog" not in told.headers["HX-Trigger"]


def test_what_was_there_before_stays_and_what_sales_has_by_now_too(client, marketer):
    before, offered = LeadFactory(stage=Stage.MQL), LeadFactory()
    moved(client, [before, offered], "sql")
    HandoffFactory(lead=offered)
    assert Handoff.objects.pending().filter(lead=offered).exists()

    answer = undo(client)

    assert stages([before, offered]) == ["mql", "sql"]
    assert "Sales has been offered this lead" in answer.headers["HX-Trigger"]


def test_nobody_takes_back_the_moves_of_another(client, marketer):
    lead = LeadFactory()
    moved(client, [lead], "mql")
    client.force_login(UserFactory(role=Role.MANAGER))

    assert undo(client).status_code == 404
    assert stages([lead]) == ["mql"]


def test_a_move_of_more_than_a_person_waits_for_is_not_taken_back(client, marketer):
    leads = [LeadFactory()]
    moved(client, leads, "mql")
    BulkDeed.objects.update(total=running.MOST_AT_ONCE + 1)

    assert undo(client).status_code == 400
    assert stages(leads) == ["mql"]
