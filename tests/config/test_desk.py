import pytest

from config.demo import desk
from handoff.models import Answer, Meeting, Participant, Task
from tests.handoff.factories import HandoffFactory, owned_lead
from tests.leads.factories import NOON, AccountFactory, LeadFactory, RepFactory

pytestmark = pytest.mark.django_db


def test_the_visitor_finds_something_of_each_kind():
    rep = RepFactory(user__time_zone="Europe/Berlin")
    account = AccountFactory()
    LeadFactory(account=account)
    for _number in range(3):
        lead = owned_lead(rep.user, account=account)
        HandoffFactory(lead=lead, rep=rep, status="accepted", decided_at=NOON)

    desk.lay_out(visitor=rep.user, until=NOON)

    assert Task.objects.overdue(now=NOON).count() == 2
    assert Task.objects.open().count() == 6
    assert Meeting.objects.filter(cancelled_at=None, outcome="").count() == 2
    assert Meeting.objects.filter(outcome="held").exists()
    assert Answer.objects.filter(state="blocked").exists()
    assert Participant.objects.exists()


def test_a_visitor_without_leads_finds_an_empty_desk():
    desk.lay_out(visitor=RepFactory().user, until=NOON)

    assert not Task.objects.exists()
