from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff import lifecycle as handoff_lifecycle
from handoff.choices import HandoffStatus
from handoff.models import Deal, Handoff
from leads.choices import NotificationKind, Stage
from leads.models import Notification, StageChange, Standing
from tests.capture.shell import run
from tests.handoff.factories import DealFactory, HandoffFactory
from tests.leads.factories import NOON, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db


def day(month, number):
    return datetime(2026, month, number, tzinfo=UTC)


@pytest.fixture
def lead():
    return LeadFactory(
        external_id="7", source_system="crm", stage=Stage.MQL, stage_at=day(1, 10)
    )


@pytest.fixture
def import_deals(tmp_path):
    def import_content(*lines):
        content = "\n".join(lines)
        return run("import_deals", tmp_path, content, "--set=source_system=crm")

    return import_content


def entries(lead):
    changes = StageChange.objects.filter(lead=lead, at__gt=day(1, 10))
    return list(changes.values_list("to_stage", "at", "is_inferred"))


def test_every_field_of_a_deal_is_taken(import_deals, lead):
    import_deals(
        "deal_id,lead_id,amount,currency,opened_at,lost_at,lost_reason",
        "d1,7,1250.5,brl,2026-01-20,2026-02-01,Price",
    )

    deal = Deal.objects.get()
    assert (deal.lead, deal.external_id, deal.source_system) == (lead, "d1", "crm")
    assert (deal.amount, deal.currency) == (Decimal("1250.50"), "BRL")
    assert (deal.opened_at, deal.lost_at) == (day(1, 20), day(2, 1))
    assert deal.lost_reason == "Price"


def test_a_won_deal_makes_a_customer_on_the_day_it_was_won(import_deals, lead):
    import_deals("deal_id,lead_id,won_at", "d1,7,2026-02-01")

    assert Deal.objects.get().opened_at == day(2, 1)
    assert entries(lead) == [
        ("sql", day(2, 1), True),
        ("accepted", day(2, 1), True),
        ("opportunity", day(2, 1), True),
        ("customer", day(2, 1), False),
    ]


def test_the_day_on_which_a_deal_was_opened_is_that_of_the_opportunity(
    import_deals, lead
):
    import_deals("deal_id,lead_id,opened_at,won_at", "d1,7,2026-01-20,2026-02-01")

    assert entries(lead)[-2:] == [
        ("opportunity", day(1, 20), False),
        ("customer", day(2, 1), False),
    ]


def test_a_lead_is_lost_with_its_last_deal(import_deals, lead):
    header = "deal_id,lead_id,opened_at,lost_at"
    import_deals(header, "d1,7,2026-01-20,2026-01-25", "d2,7,2026-01-22,")
    assert Standing.objects.get(lead=lead).stage == Stage.OPPORTUNITY

    import_deals(header, "d2,7,,2026-02-01")

    assert Standing.objects.get(lead=lead).stage == Stage.LOST


def test_the_same_file_again_changes_nothing(import_deals, lead):
    lines = ["lead_id,amount,won_at,deal_id", "7,10,2026-02-01,d1", "7,20,2026-02-02,"]
    first = import_deals(*lines)
    before = list(Deal.objects.values()), list(StageChange.objects.values())

    second = import_deals(*lines)

    assert first == "created 2, updated 0, unchanged 0, refused 0\n"
    assert second == "created 0, updated 0, unchanged 2, refused 0\n"
    assert before == (list(Deal.objects.values()), list(StageChange.objects.values()))


def test_a_deal_without_an_id_is_closed_by_a_later_row(import_deals, lead):
    import_deals("lead_id,opened_at,amount", "7,2026-01-20,10")

    printed = import_deals("lead_id,won_at", "7,2026-02-01")

    assert printed == "created 0, updated 1, unchanged 0, refused 0\n"
    deal = Deal.objects.get()
    assert (deal.opened_at, deal.won_at) == (day(1, 20), day(2, 1))


def test_a_deal_dated_before_its_lead_is_kept_with_a_warning(import_deals, lead):
    printed = import_deals("deal_id,lead_id,won_at", "d1,7,2026-01-08")

    assert "warning: line 2: won 2 days before the lead entered “MQL”; left" in printed
    assert Deal.objects.get().won_at == day(1, 8)
    assert Standing.objects.get(lead=lead).stage == Stage.CUSTOMER


def test_a_lead_beside_the_path_stays_there_with_a_warning(import_deals):
    lead = LeadFactory(email="a@b.example", stage=Stage.DISQUALIFIED, stage_at=NOON)

    printed = import_deals("email,won_at", "a@b.example,2026-03-04")

    assert "line 2: the lead is in “Disqualified” and stays there" in printed
    assert Deal.objects.get().lead == lead


def test_a_further_deal_of_a_customer_moves_nothing(import_deals):
    lead = LeadFactory(email="a@b.example", stage=Stage.CUSTOMER, stage_at=day(1, 10))

    printed = import_deals("email,opened_at", "a@b.example,2026-02-01")

    assert printed == "created 1, updated 0, unchanged 0, refused 0\n"
    assert entries(lead) == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("d1,9,1,EUR,2026-02-01,", "column lead_id: there is no lead “9”"),
        ("d1,7,-1,EUR,2026-02-01,", "column amount: “-1” is no amount"),
        ("d1,7,1,Euro,2026-02-01,", "column currency: “Euro” is no currency"),
        (
            "d1,7,1,EUR,2026-02-01,2026-02-02",
            "lost_at: a deal is not both won and lost",
        ),
        ("known,7,1,EUR,,2026-02-02", "column deal_id: is a deal of another lead"),
        ("won,7,1,EUR,,2026-02-02", "column lost_at: a deal is not both won and lost"),
    ],
)
def test_a_row_at_fault_is_refused_and_the_next_is_taken(
    import_deals, lead, row, reason
):
    Deal.objects.create(lead=LeadFactory(), external_id="known", source_system="crm")
    Deal.objects.create(
        lead=lead, external_id="won", source_system="crm", won_at=day(1, 11)
    )

    printed = import_deals(
        "deal_id,lead_id,amount,currency,won_at,lost_at", row, "ok,7,1,EUR,,"
    )

    assert reason in printed
    assert "created 1, updated 0, unchanged 0, refused 1\n" in printed
    assert not Deal.objects.exclude(lost_at=None).exists()
    assert Deal.objects.count() == 3


def offered_lead(**fields):
    lead = LeadFactory(email="a@b.example", stage=Stage.SQL, stage_at=day(1, 10))
    return HandoffFactory(lead=lead, routed_at=day(1, 11), **fields)


@pytest.mark.parametrize(
    ("row", "decided_at"),
    [
        ("2026-01-20,2026-02-01", day(1, 20)),
        (",2026-02-01", day(2, 1)),
        ("2026-01-10,", day(1, 11)),
    ],
    ids=["opened", "won", "opened before the offer"],
)
def test_a_deal_accepts_the_offer_that_still_waits(import_deals, row, decided_at):
    handoff = offered_lead()

    import_deals("email,opened_at,won_at", f"a@b.example,{row}")

    assert handoff_lifecycle.close_orphans(now=day(3, 1)) == 0
    handoff.refresh_from_db()
    assert (handoff.status, handoff.decided_at) == (HandoffStatus.ACCEPTED, decided_at)
    assert handoff.decided_by is None


def test_the_open_deal_that_accepts_an_offer_goes_to_its_rep(import_deals):
    ana, tom = RepFactory(user__name="Ana Ruiz"), RepFactory(user__name="Tom Berg")
    handoff = offered_lead(rep=tom)
    known = {"source_system": "crm", "external_id": "d1", "name": "Fleet licence"}
    deal = DealFactory(lead=handoff.lead, owner=ana.user, **known)

    import_deals("deal_id,email,amount", "d1,a@b.example,900")

    deal.refresh_from_db()
    assert (deal.owner, deal.amount, deal.version) == (tom.user, 900, 3)
    assert deal.changes.get().changes == {"owner": ["Ana Ruiz", "Tom Berg"]}
    news = Notification.objects.get(kind=NotificationKind.HANDOFF_MOVED)
    assert (news.person, news.title) == (
        ana.user,
        f"Sales sells to {handoff.lead} already: your open deal goes to Tom Berg",
    )


def test_a_deal_of_a_lead_in_the_pool_stays_with_whoever_has_it(import_deals):
    ana = RepFactory()
    handoff = offered_lead(rep=None)
    deal = DealFactory(lead=handoff.lead, owner=ana.user)

    import_deals("email,amount", "a@b.example,900")

    deal.refresh_from_db()
    assert deal.owner == ana.user


def test_a_deal_is_linked_to_the_offer_that_it_accepts(import_deals):
    handoff = offered_lead()

    import_deals("email,won_at", "a@b.example,2026-02-01")

    assert Deal.objects.get().handoff == handoff


def test_a_lost_deal_beside_an_open_one_decides_nothing(import_deals):
    handoff = offered_lead()
    Deal.objects.create(lead=handoff.lead, opened_at=day(1, 5))

    import_deals("email,opened_at,lost_at", "a@b.example,,2026-02-01")

    handoff.refresh_from_db()
    assert handoff.is_open


def test_ten_offers_are_accepted_with_as_many_queries_as_one(
    import_deals, django_assert_num_queries
):
    def lines(count):
        offers = [HandoffFactory(routed_at=day(1, 11)) for _number in range(count)]
        for offer in offers:
            DealFactory(lead=offer.lead, owner=UserFactory(), external_id=str(offer.pk))
        return [f"{offer.lead.email},2026-02-01" for offer in offers]

    one, ten = lines(1), lines(10)
    with CaptureQueriesContext(connection) as for_one:
        import_deals("email,won_at", *one)

    with django_assert_num_queries(len(for_one)):
        import_deals("email,won_at", *ten)
    assert not Handoff.objects.pending().exists()
    assert {deal.owner for deal in Deal.objects.open()} == {
        handoff.rep for handoff in Handoff.objects.all()
    }
