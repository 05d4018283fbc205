"""Leads at work go to another rep, with what is open; what is closed stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from handoff import bulk_deeds, lifecycle
from handoff.desk import given, reassigning, working
from handoff.lifecycle import NotYoursError
from handoff.models import Absence, Deal, Handoff, Reassignment, Task
from handoff.notices import still_matters
from leads.choices import Role, Stage
from leads.models import Notification, Standing
from tests.handoff.factories import (
    DealFactory,
    HandoffFactory,
    TaskFactory,
    manager,
    owned_lead,
)
from tests.leads.factories import NOON, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/desk/leads/"
SOON = NOON + timedelta(minutes=1)


@pytest.fixture
def boss(client):
    boss = manager()
    client.force_login(boss)
    return boss


@pytest.fixture
def ana():
    return RepFactory(user__name="Ana Ruiz")


@pytest.fixture
def tom(ana):
    return RepFactory(team=ana.team, user__name="Tom Berg")


def give(boss, rep, *leads, reason="Ana is ill"):
    return working.give(
        lead_ids=[lead.pk for lead in leads],
        rep=rep,
        reason=reason,
        actor=boss,
        now=NOON,
    )


def owner_of(lead):
    return Standing.objects.get(lead=lead).owner


def test_open_tasks_and_deals_go_along_and_closed_deals_stay(boss, ana, tom):
    lead = owned_lead(ana.user, stage=Stage.OPPORTUNITY)
    task = TaskFactory(lead=lead, rep=ana.user)
    open_deal = DealFactory(lead=lead, owner=ana.user)
    won = DealFactory(lead=lead, owner=ana.user, won_at=NOON)
    lost = DealFactory(lead=lead, owner=ana.user, lost_at=NOON)

    give(boss, tom, lead)

    assert owner_of(lead) == tom.user
    assert Task.objects.get(pk=task.pk).rep == tom.user
    owners = {deal.pk: deal.owner for deal in Deal.objects.all()}
    assert owners == {open_deal.pk: tom.user, won.pk: ana.user, lost.pk: ana.user}
    assert open_deal.changes.get().changes == {"owner": ["Ana Ruiz", "Tom Berg"]}
    assert Deal.objects.get(pk=open_deal.pk).version == open_deal.version + 1


def test_a_deal_that_a_colleague_keeps_stays_the_colleagues(boss, ana, tom):
    lead = owned_lead(ana.user, stage=Stage.OPPORTUNITY)
    expert = RepFactory()
    deal = DealFactory(lead=lead, owner=expert.user)

    give(boss, tom, lead)

    assert Deal.objects.get(pk=deal.pk).owner == expert.user


def test_taken_back_all_is_as_it_was(boss, ana, tom):
    lead = owned_lead(ana.user, stage=Stage.OPPORTUNITY)
    task = TaskFactory(lead=lead, rep=ana.user)
    deal, orphan = DealFactory(lead=lead, owner=ana.user), DealFactory(lead=lead)
    batch = give(boss, tom, lead).batch
    later = DealFactory(lead=lead, owner=tom.user)

    outcome = reassigning.undo(batch=batch, actor=boss, now=SOON)
    again = reassigning.undo(batch=batch, actor=boss, now=SOON)

    assert (len(outcome.moved), again.moved, again.refused) == (1, [], [])
    assert owner_of(lead) == Task.objects.get(pk=task.pk).rep == ana.user
    owners = {one.pk: one.owner for one in Deal.objects.all()}
    assert owners == {deal.pk: ana.user, orphan.pk: ana.user, later.pk: tom.user}
    assert Reassignment.objects.get().undone_at == SOON


def test_what_went_on_since_is_not_taken_back(boss, ana, tom):
    passed_on, gone = owned_lead(ana.user), owned_lead(ana.user)
    kept, ben = owned_lead(ana.user), RepFactory(user__name="Ben Okoro")
    batch = give(boss, tom, passed_on, gone, kept).batch
    give(boss, ben, passed_on)
    Standing.objects.filter(lead=gone).update(stage=Stage.RECYCLED, owner=None)

    outcome = reassigning.undo(batch=batch, actor=boss, now=SOON)

    assert [one.pk for one in outcome.moved] == [kept.pk]
    assert sorted(outcome.refused) == sorted(
        [
            f"{passed_on}: Ben Okoro has this lead by now.",
            f"{gone}: Sales does not work on this lead.",
        ]
    )
    assert owner_of(passed_on) == ben.user


def test_nurture_and_undecided_leads_are_refused(boss, ana, tom):
    nurtured = owned_lead(ana.user, stage=Stage.MQL)
    offered = HandoffFactory(rep=ana).lead
    had = owned_lead(tom.user)

    found = give(boss, tom, nurtured, offered, had)

    assert set(found.refused) == {nurtured.pk, offered.pk}
    assert not found.lead_ids
    assert not Reassignment.objects.exists()


def test_reps_do_not_give_their_leads_away(ana, tom):
    lead = owned_lead(ana.user)

    with pytest.raises(NotYoursError):
        give(ana.user, tom, lead)

    assert owner_of(lead) == ana.user


def test_both_reps_are_told_once_with_company_score_and_reason(boss, ana, tom):
    handoff = HandoffFactory(rep=ana, brief={"engagement": 63, "grade": "B"})
    lifecycle.accept(handoff=handoff, actor=ana.user, now=NOON)
    Notification.objects.all().delete()

    give(boss, tom, handoff.lead)

    [mine] = Notification.objects.filter(person=tom.user)
    assert mine.title == f"{boss} gave you {handoff.lead} to work on" or (
        str(handoff.lead.account) in mine.title
    )
    assert "Score 63, grade B" in mine.lines
    assert mine.lines[-1] == "Ana is ill"
    assert mine.path == f"/leads/{handoff.lead.pk}/"
    assert still_matters(notification=mine)
    [former] = Notification.objects.filter(person=ana.user)
    assert former.title.endswith("to Tom Berg")
    assert not Notification.objects.filter(person=boss).exists()


def test_of_many_leads_each_rep_is_told_once(boss, ana, tom):
    leads = [owned_lead(ana.user) for _number in range(7)]

    give(boss, tom, *leads)

    [mine] = Notification.objects.filter(person=tom.user)
    assert mine.title == f"{boss} gave you 7 leads to work on"
    assert mine.lines[5:] == ["and 2 more", "Ana is ill"]
    assert Notification.objects.filter(person=ana.user).count() == 1


def test_single_desk_and_bulk_agree(client, boss, ana, tom):
    """Whichever way a manager takes: the same owner, deal, record and way back."""
    ways = {
        "single": lambda lead: client.post(
            f"{PAGE}{lead.pk}/", {"rep": tom.pk, "reason": "Ana is ill"}
        ),
        "desk": lambda lead: client.post(
            PAGE, {"lead": lead.pk, "to": tom.pk, "reason": "Ana is ill"}
        ),
        "bulk": lambda lead: bulk_deeds.assign(
            lead_ids=[lead.pk], wish={"rep": tom.pk}, actor=boss, now=NOON
        ),
    }
    for way, do in ways.items():
        lead = owned_lead(ana.user, stage=Stage.OPPORTUNITY)
        deal = DealFactory(lead=lead, owner=ana.user)

        do(lead)

        assert owner_of(lead) == tom.user, way
        assert Deal.objects.get(pk=deal.pk).owner == tom.user, way
        batch = Reassignment.objects.get(lead=lead).batch
        reassigning.undo(batch=batch, actor=boss, now=SOON)
        assert Deal.objects.get(pk=deal.pk).owner == owner_of(lead) == ana.user, way


@pytest.mark.parametrize("way", ["one", "many"])
def test_an_undecided_lead_brings_its_open_deal_to_whoever_accepts_it_alone(
    boss, ana, tom, way
):
    handoff = HandoffFactory(rep=ana)
    deal = DealFactory(lead=handoff.lead, owner=ana.user)
    task = TaskFactory(lead=handoff.lead, rep=ana.user)

    if way == "one":
        reassigning.reassign(handoff=handoff, rep=tom, actor=boss, now=NOON)
    else:
        bulk_deeds.assign(
            lead_ids=[handoff.lead_id], wish={"rep": tom.pk}, actor=boss, now=NOON
        )

    handoff = Handoff.objects.get(pk=handoff.pk)
    assert handoff.rep == Task.objects.get(pk=task.pk).rep == tom.user
    assert Deal.objects.get(pk=deal.pk).owner == ana.user
    lifecycle.accept(handoff=handoff, actor=tom.user, now=SOON)
    assert Deal.objects.get(pk=deal.pk).owner == tom.user


def test_a_reassigned_offer_that_is_taken_back_leaves_its_deal_where_it_was(
    boss, ana, tom
):
    handoff = HandoffFactory(rep=ana)
    deal = DealFactory(lead=handoff.lead)
    reassigning.reassign(handoff=handoff, rep=tom, actor=boss, now=NOON)

    batch = Reassignment.objects.get().batch
    reassigning.undo(batch=batch, actor=boss, now=SOON)

    deal.refresh_from_db()
    assert (deal.owner, deal.version) == (None, 1)


def test_the_page_shows_what_goes_along_before_anything_moves(client, boss, ana, tom):
    lead, other = owned_lead(ana.user), owned_lead(tom.user)
    TaskFactory.create_batch(2, lead=lead, rep=ana.user)
    DealFactory(lead=lead, owner=ana.user)
    listed = client.get(PAGE, {"owner": ana.pk})
    assert list(listed.context["leads"]) == [lead]
    assert "2 tasks, 1 deal" in " ".join(listed.text.split())

    page = client.get(PAGE, {"lead": [lead.pk, other.pk], "to": tom.pk})
    refused = client.post(PAGE, {"lead": [lead.pk, other.pk], "to": tom.pk})

    assert (page.context["moving"], refused.status_code) == (1, 422)
    assert "Has it already" in page.text
    assert owner_of(lead) == ana.user
    done = client.post(
        PAGE,
        {"lead": [lead.pk, other.pk], "to": tom.pk, "reason": "Ana is ill"},
        follow=True,
    )
    assert "1 lead moved." in done.text
    assert owner_of(lead) == tom.user


def test_the_list_costs_as_many_queries_for_ten_leads_as_for_one(
    client, boss, ana, django_assert_max_num_queries
):
    owned_lead(ana.user)
    client.get(PAGE)
    for _number in range(9):
        TaskFactory(lead=owned_lead(ana.user), rep=ana.user)

    with django_assert_max_num_queries(14):
        client.get(PAGE)


@pytest.mark.parametrize("asked", ["x", "9" * 19, "-1"])
def test_what_is_no_number_is_no_request_of_ours(client, boss, asked):
    assert client.get(PAGE, {"lead": asked}).status_code == 400


def test_who_asks_to_whom_sees_who_is_away(client, boss, ana, tom):
    now = timezone.now()
    tomorrow = now + timedelta(days=1)
    Absence.objects.create(rep=tom, starts_at=now, ends_at=tomorrow, made_by=boss)
    lead = owned_lead(ana.user)

    asked = client.get(f"{PAGE}{lead.pk}/")

    away = [line for line in asked.text.splitlines() if "away" in line]
    assert len(away) == 1
    assert "Tom Berg" in away[0]


def test_where_nobody_would_get_anything_no_reason_is_asked(client, boss, tom):
    lead = owned_lead(tom.user)

    page = client.get(PAGE, {"lead": lead.pk, "to": tom.pk})

    assert "All of them stay where they are" in page.text
    assert 'name="reason"' not in page.text


def test_a_lead_that_left_sales_meanwhile_is_told_in_the_dialog(client, boss, tom):
    lead = owned_lead(tom.user, stage=Stage.MQL)

    asked = client.get(f"{PAGE}{lead.pk}/")

    assert "Sales does not work on this lead." in asked.text
    assert ">Give</button>" not in asked.text


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
def test_only_managers_open_the_page(client, ana, role):
    lead = owned_lead(ana.user)
    client.force_login(UserFactory(role=role))

    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}{lead.pk}/").status_code == 403


def test_the_desk_tells_of_many_as_one_and_the_leads_page_of_each(
    client, boss, ana, tom
):
    leads = [owned_lead(ana.user) for _number in range(5)]
    give(boss, tom, *leads)

    [told] = given.lately(now=SOON)

    assert told.lines[0] == f"{leads[0]}: Ana Ruiz → Tom Berg"
    assert told.lines[3:] == ["and 2 more"]
    assert (told.may_be_undone, told.is_undone) == (True, False)
    page = client.get(f"/leads/{leads[0].pk}/")
    assert "Ana Ruiz → Tom Berg" in page.text
    assert "Ana is ill" in page.text


def test_the_new_rep_reads_the_brief_that_the_former_one_accepted(
    client, boss, ana, tom
):
    handoff = HandoffFactory(rep=ana)
    lifecycle.accept(handoff=handoff, actor=ana.user, now=NOON)
    stranger = RepFactory()
    give(boss, tom, handoff.lead)

    for rep, status in ((tom, 200), (ana, 200), (stranger, 404)):
        client.force_login(rep.user)
        assert client.get(f"/queue/{handoff.pk}/brief/").status_code == status
