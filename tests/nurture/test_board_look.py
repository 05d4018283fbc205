import pytest
from django.urls import reverse
from django.utils import timezone

from leads import activities
from leads.choices import ActivityKind, Role, Stage
from leads.models import Tag
from tests.leads.factories import LeadFactory, UserFactory
from tests.nurture.factories import EnrolmentFactory, ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


@pytest.fixture
def enrolled():
    """A lead with sales that is in a programme whose next step is a wait."""
    lead = LeadFactory(stage=Stage.ACCEPTED)
    step = StepFactory(
        programme=ProgrammeFactory(name="Playbooks"), kind="wait", days=3
    )
    EnrolmentFactory(programme=step.programme, lead=lead, step=step)
    return lead


def test_a_quick_look_says_who_why_what_and_in_which_programme(
    client, marketer, enrolled
):
    enrolled.tags.add(Tag.objects.create(name="fair"))
    activities.log(
        lead=enrolled,
        kind=ActivityKind.CALL,
        subject="Talked of prices",
        external_id="1",
        actor=marketer,
        now=timezone.now(),
    )
    address = reverse("nurture:look", args=[enrolled.pk])

    panel = client.get(address, headers=HTMX).content.decode()
    plain = client.get(address)

    for words in ("fair", "Talked of prices", "Playbooks", "Wait 3 days", "sales"):
        assert words in panel
    board = client.get(plain.url)
    assert f'data-look="{enrolled.pk}"' in board.content.decode()
    assert client.get(reverse("nurture:board"), {"look": "x"}).status_code == 200


def test_card_and_page_say_the_programme_and_why_a_lead_is_muted(
    client, marketer, enrolled
):
    signs = client.get(reverse("nurture:signs"), {"lead": enrolled.pk})
    page = client.get(reverse("leads:detail", args=[enrolled.pk]))

    for html in (signs.content.decode(), page.content.decode()):
        assert "Playbooks" in html
        assert "Wait 3 days" in html
        assert "Sales works with this lead: only sales assist goes on." in html


def test_nobody_looks_at_what_is_not_there(client, marketer):
    panel = client.get(reverse("nurture:look", args=[999]), headers=HTMX)

    assert panel.context["looked_at"] is None
    client.force_login(UserFactory(role=Role.REP))
    assert client.get(reverse("nurture:look", args=[1])).status_code == 403
