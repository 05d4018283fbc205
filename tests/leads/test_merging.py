from datetime import timedelta

import pytest
from django.db.models import UniqueConstraint

from leads import activities, consents, merging
from leads.activities import NewActivity
from leads.choices import ActivityKind, Cause, ConsentHow, Purpose, Stage
from leads.models import (
    Activity,
    Distinct,
    ExternalId,
    Lead,
    Merge,
    StageChange,
    Standing,
    Tag,
)
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import NOON, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=3)


def merge(kept, merged, **chosen):
    return merging.merge(
        kept=kept, merged=merged, chosen=chosen, actor=UserFactory(), now=LATER
    )


def page_view(lead, number):
    return NewActivity(lead.pk, ActivityKind.PAGE_VIEW, NOON, external_id=str(number))


def test_everything_that_happened_to_either_happened_to_the_one_that_stays():
    kept, merged = LeadFactory(), LeadFactory()
    activities.record(activities=[page_view(kept, 1), page_view(merged, 2)])
    consents.record(
        lead=merged,
        purpose=Purpose.MAIL,
        text="No",
        version=1,
        given=False,
        how=ConsentHow.FORM,
        source="",
        at=NOON,
    )
    merged.tags.add(Tag.objects.create(name="fair"))

    merge(kept, merged)

    kept.refresh_from_db()
    assert not Lead.objects.filter(pk=merged.pk).exists()
    assert kept.activities.count() == 2
    assert kept.consents.get().text == "No"
    assert kept.tags.get().name == "fair"
    assert kept.do_not_mail
    assert StageChange.objects.filter(lead=kept).count() == 2


def test_a_tag_that_both_have_is_there_once():
    kept, merged = LeadFactory(), LeadFactory()
    tag = Tag.objects.create(name="fair")
    kept.tags.add(tag)
    merged.tags.add(tag)

    merge(kept, merged)

    assert kept.tags.get() == tag


def test_each_field_is_chosen_and_a_blank_one_is_filled():
    kept = LeadFactory(first_name="Ann", title="CTO", phone="")
    merged = LeadFactory(first_name="Anna", title="CEO", phone="030 1234567")

    made = merge(kept, merged, first_name="merged", title="kept")

    kept.refresh_from_db()
    assert (kept.first_name, kept.title, kept.phone) == ("Anna", "CTO", "030 1234567")
    assert (made.lost["first_name"], made.lost["title"]) == ("Ann", "CEO")
    assert kept.phone_key == "301234567"


def test_the_address_of_the_one_that_goes_can_be_chosen():
    kept, merged = LeadFactory(), LeadFactory(email="New@b.example")

    merge(kept, merged, email="merged")

    kept.refresh_from_db()
    assert (kept.email, kept.email_key) == ("New@b.example", "new@b.example")


@pytest.mark.parametrize(
    ("one", "other", "stays"),
    [
        (Stage.NEW, Stage.MQL, Stage.MQL),
        (Stage.MQL, Stage.NEW, Stage.MQL),
        (Stage.SQL, Stage.DISQUALIFIED, Stage.SQL),
        (Stage.MQL, Stage.DISQUALIFIED, Stage.DISQUALIFIED),
        (Stage.CUSTOMER, Stage.OPPORTUNITY, Stage.CUSTOMER),
        (Stage.LOST, Stage.SQL, Stage.SQL),
    ],
)
def test_the_further_stage_stays(one, other, stays):
    kept = LeadFactory(stage=one)
    merged = LeadFactory(stage=other, stage_at=NOON + timedelta(days=1))

    merge(kept, merged)

    standing = Standing.objects.get(lead=kept)
    assert standing.stage == stays
    assert standing.stale_seq != standing.scored_seq
    by_merge = StageChange.objects.filter(lead=kept, cause=Cause.MERGE)
    assert by_merge.count() == (one != stays)


def test_of_two_open_offers_that_of_the_further_lead_stays():
    kept, merged = LeadFactory(stage=Stage.SQL), LeadFactory(stage=Stage.SQL)
    mine, other = HandoffFactory(lead=kept), HandoffFactory(lead=merged)

    merge(kept, merged)

    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.status, other.status) == ("pending", "withdrawn")
    assert other.lead_id == kept.pk


def test_old_numbers_and_ids_find_the_survivor_through_two_merges():
    first = LeadFactory(external_id="1", source_system="crm")
    second = LeadFactory(external_id="2", source_system="crm")
    third = LeadFactory(external_id="3", source_system="shop")

    merge(second, first)
    merge(third, second)

    assert merging.survivor_of(lead_id=first.pk) == third.pk
    assert merging.survivor_of(lead_id=second.pk) == third.pk
    ids = set(ExternalId.objects.values_list("lead", "external_id"))
    assert ids == {(third.pk, "1"), (third.pk, "2")}


def test_what_is_recorded_about_an_old_number_is_the_survivors():
    kept, merged = LeadFactory(), LeadFactory()
    merge(kept, merged)

    assert activities.record(activities=[page_view(merged, 1)]) == 1

    assert Activity.objects.get().lead_id == kept.pk


def test_a_second_merge_of_the_same_two_is_refused_and_changes_nothing():
    kept, merged = LeadFactory(), LeadFactory()
    copy = Lead.objects.get(pk=merged.pk)
    merge(kept, merged)

    with pytest.raises(merging.MergeError, match="merged or removed"):
        merge(kept, copy)
    with pytest.raises(merging.MergeError, match="itself"):
        merge(kept, kept)

    assert Merge.objects.count() == 1


def test_whoever_was_told_apart_from_one_is_distinct_from_the_survivor():
    kept, merged, other = LeadFactory(), LeadFactory(), LeadFactory()
    Distinct.objects.create(first=merged, second=other, said_at=NOON)
    Distinct.objects.create(first=kept, second=merged, said_at=NOON)

    merge(kept, merged)

    assert set(Distinct.objects.values_list("first", "second")) == {(kept.pk, other.pk)}


def test_every_constraint_that_a_merge_could_break_is_handled():
    """A conditional one needs a rule of its own in `settings.MERGE_RULES`."""
    conditional = {
        constraint.name
        for relation in merging.relations()
        for constraint, _others in merging.uniques(relation)
        if constraint.condition or not isinstance(constraint, UniqueConstraint)
    }

    assert conditional == {"one_open_handoff_a_lead"}
