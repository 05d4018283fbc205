import pytest
from django.db import connection

from handoff.models import DealReason
from leads.choices import Role
from tests.handoff.factories import DealFactory, DealReasonFactory, manager
from tests.leads.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db
LISTS = "/settings/reasons/deals/"
ONE = "/settings/reasons/deal/"


@pytest.fixture
def signed_in(client):
    DealReason.objects.all().delete()
    client.force_login(manager())
    return client


def labels(end="lost"):
    in_use = DealReason.objects.filter(end=end, is_on=True)
    return [reason.label for reason in in_use]


def test_reasons_of_lost_and_won_deals_are_added_apart(signed_in):
    signed_in.post(f"{LISTS}lost/new/", {"label": " Price "})
    answer = signed_in.post(f"{LISTS}won/new/", {"label": "Price"}, follow=True)

    assert (labels(), labels("won")) == (["Price"], ["Price"])
    assert "Reasons to win a deal" in answer.text
    assert signed_in.get(f"{LISTS}stolen/").status_code == 404


def test_a_name_in_other_letters_is_the_same_name_on_both_databases(signed_in):
    DealReasonFactory(label="Öffentlich")

    answer = signed_in.post(f"{LISTS}lost/new/", {"label": "öFFENTLICH"})

    assert answer.status_code == 422
    assert labels() == ["Öffentlich"]


def test_a_deal_keeps_the_words_of_a_reason_that_is_edited(signed_in):
    reason = DealReasonFactory(label="Price")
    deal = DealFactory(lost_at=NOON, lost_reason="Price")

    signed_in.post(f"{ONE}{reason.pk}/", {"label": "Too dear", "needs_note": "on"})

    reason.refresh_from_db()
    deal.refresh_from_db()
    assert (reason.label, reason.needs_note) == ("Too dear", True)
    assert deal.lost_reason == "Price"


def test_reasons_change_places_and_are_retired_never_deleted(signed_in):
    for position, label in enumerate(("One", "Two"), start=1):
        last = DealReasonFactory(label=label, position=position)

    for _again in range(2):
        signed_in.post(f"{ONE}{last.pk}/move/", {"to": "up"})
    assert labels() == ["Two", "One"]
    assert signed_in.post(f"{ONE}{last.pk}/move/", {"to": "x"}).status_code == 400
    page = signed_in.post(f"{ONE}{last.pk}/use/", {"is_on": "0"}, follow=True)

    assert (labels(), "Use again" in page.text) == (["One"], True)
    signed_in.post(f"{LISTS}lost/new/", {"label": "Two"})
    assert labels() == ["One", "Two"]
    assert DealReason.objects.count() == 2


@pytest.mark.parametrize("label", ["", "PRICE", "x" * 101])
def test_what_is_wrong_is_told_beside_the_field(signed_in, label):
    DealReasonFactory(label="Price")

    answer = signed_in.post(f"{LISTS}lost/new/", {"label": label})

    assert answer.status_code == 422
    assert answer.context["form"].errors["label"]


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
def test_reasons_are_the_managers(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(f"{LISTS}lost/").status_code == 403


def test_of_two_people_who_give_the_same_name_the_second_is_told(signed_in):
    mine, theirs = DealReasonFactory(label="Price"), DealReasonFactory(label="Time")
    rivals = [DealReason.objects.filter(pk=theirs.pk)]

    def be_faster(execute, sql, *rest):
        """The name was free when it was checked, and is taken when it is written."""
        if sql.startswith("UPDATE") and rivals:
            rivals.pop().update(label="Too dear")
        return execute(sql, *rest)

    with connection.execute_wrapper(be_faster):
        answer = signed_in.post(f"{ONE}{mine.pk}/", {"label": "Too dear"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["label"] == ["There is a reason of this name."]
    assert "<h1>Price</h1>" in answer.text
    mine.refresh_from_db()
    assert mine.label == "Price"
