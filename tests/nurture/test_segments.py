from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads import activities
from leads.activities import NewActivity
from leads.choices import ActivityKind, Role, Stage
from leads.models import Tag
from leads.nurture import segments
from leads.nurture.choices import SegmentDeed
from leads.nurture.models import Segment, SegmentMember
from tests import bad_inputs
from tests.leads.factories import NOON, AccountFactory, LeadFactory, UserFactory
from tests.nurture.factories import SegmentFactory, leaf, sendable

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
GERMANS = leaf("country", "is", "Germany")


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def posted(*leaves, group="all", **typed):
    """The form of a segment with these conditions."""
    rows = {"row": [str(index) for index in range(len(leaves))]}
    for index, one in enumerate(leaves):
        rows |= {f"{name}-{index}": value for name, value in one.items()}
    return {"name": "Germans", "kind": "conditions", "group-of-conditions": group} | (
        rows | typed
    )


def names(leads):
    return sorted(lead.first_name for lead in leads)


def test_conditions_say_who_is_in_a_segment(workspace):
    hospital = AccountFactory(industry="Health care")
    ann = LeadFactory(first_name="Ann", country="Germany", account=hospital)
    bob = LeadFactory(first_name="Bob", country="Germany", stage=Stage.MQL)
    cat = LeadFactory(first_name="Cat", do_not_mail_since=NOON)
    cat.tags.add(Tag.objects.create(name="fair"))
    seen = NewActivity(bob.pk, ActivityKind.DEMO_REQUESTED, NOON)
    machine = NewActivity(ann.pk, ActivityKind.DEMO_REQUESTED, NOON, is_machine=True)
    activities.record(activities=[seen, machine])
    chosen = SegmentFactory(name="Fair 2026")
    SegmentMember.objects.create(segment=chosen, lead=ann, added_at=NOON)

    def found(tree):
        segments.members(SegmentFactory(conditions=tree)).count()
        return "".join(name[0] for name in names(segments.matching(tree)))

    assert found(GERMANS) == "AB"
    assert found(leaf("stage", "is", "mql")) == "B"
    assert found(leaf("stage", "is_not", "mql")) == "AC"
    assert found(leaf("grade", "at_least", "F")) == "ABC"
    assert found(leaf("done", "is", "demo_requested")) == "B"
    assert found(leaf("done", "is_not", "demo_requested")) == "AC"
    assert found(leaf("list", "is", "FAIR 2026")) == "A"
    assert found(leaf("list", "is_unknown")) == "BC"
    assert found(leaf("may_mail", "is", "no")) == "C"
    assert found({"none": [leaf("tags", "is", "fair"), GERMANS]}) == ""


def test_a_segment_is_made_on_its_page_and_shows_its_leads(client, marketer):
    LeadFactory(first_name="Ann", country="Germany")
    LeadFactory(first_name="Bob", country="France")

    answer = client.post(reverse("segments:new"), posted(GERMANS), follow=True)

    page = answer.content.decode()
    assert "Country is Germany" in page
    assert "Ann" in page
    assert "Bob" not in page
    segment = Segment.objects.get()
    assert segment.counted == 1
    assert segment.events.get().actor == marketer


def test_the_count_follows_what_is_typed(client, marketer):
    LeadFactory(country="Germany")
    address = reverse("segments:count")

    right = client.post(address, posted(GERMANS), headers=HTMX)
    half = client.post(address, posted(leaf("country", "is", "")), headers=HTMX)
    more = client.post(
        reverse("segments:new"), posted(GERMANS, builder="add"), headers=HTMX
    )

    assert "<b>1</b> lead is in it now" in right.content.decode()
    assert "Complete the conditions" in half.content.decode()
    assert "Complete the conditions" in more.content.decode()
    assert not Segment.objects.exists()


def test_a_segment_needs_conditions_and_a_name_of_its_own(client, marketer):
    SegmentFactory(name="GERMANS")

    empty = client.post(reverse("segments:new"), posted(name="Everybody"))
    same = client.post(reverse("segments:new"), posted(GERMANS))

    assert (empty.status_code, same.status_code) == (422, 422)
    assert "would hold for every lead" in empty.content.decode()
    assert "Another segment has this name" in same.content.decode()
    assert Segment.objects.count() == 1


def test_the_history_says_who_changed_what(client, marketer):
    segment = SegmentFactory(name="Germans", conditions=GERMANS)
    address = reverse("segments:edit", args=[segment.pk])

    for _time in range(2):
        client.post(address, posted(leaf("country", "is", "France"), name="French"))

    event = segment.events.get()
    assert (event.deed, event.actor) == (SegmentDeed.CHANGED, marketer)
    assert event.words == "Country is France"
    assert (
        "Country is France" in client.get(segment.get_absolute_url()).content.decode()
    )


def test_leads_are_put_into_a_list_by_address_and_taken_out(client, marketer):
    segment = SegmentFactory()
    ann = LeadFactory(email="ann@acme.com")
    add = reverse("segments:add", args=[segment.pk])

    typed = {"addresses": " ANN@acme.com, nobody@acme.com"}
    pages = [client.post(add, typed, follow=True) for _time in range(2)]

    assert list(segments.members(segment)) == [ann]
    assert "1 lead is added." in pages[0].content.decode()
    assert "nobody@acme.com" in pages[0].content.decode()
    client.post(reverse("segments:remove", args=[segment.pk]), {"lead": [ann.pk, "x"]})
    assert not segments.members(segment)
    deeds = segment.events.values_list("deed", "count")
    assert sorted(deeds) == [("added", 1), ("removed", 1)]


def test_leads_are_put_into_a_list_by_ticking_or_all_that_match(client, marketer):
    segment = SegmentFactory()
    ann, _bob = LeadFactory(first_name="Ann"), LeadFactory(first_name="Bob")
    LeadFactory(first_name="Cat", source="fair")
    add = reverse("segments:add", args=[segment.pk])
    page = client.get(reverse("segments:pick", args=[segment.pk]) + "?source=fair")
    assert "Cat" in page.content.decode()
    assert "Ann" not in page.content.decode()

    client.post(add, {"lead": [ann.pk]})
    client.post(f"{add}?source=fair", {"all": "1"})

    assert names(segments.members(segment)) == ["Ann", "Cat"]


def test_an_erased_lead_is_in_no_segment(workspace):
    segment = SegmentFactory(conditions=leaf("country", "is_unknown"))
    LeadFactory(erased_at=NOON)

    assert not segments.members(segment)


def test_an_archived_segment_comes_back(client, marketer):
    segment = SegmentFactory(name="Old ones")
    address = reverse("segments:archive", args=[segment.pk])

    client.post(address)
    archived = client.get(reverse("segments:list")).content.decode()
    client.post(address, {"off": "1"})

    assert "No segment yet" in archived
    assert "Old ones" in client.get(reverse("segments:list")).content.decode()


def test_counts_are_renewed_every_hour(workspace):
    segment = SegmentFactory(conditions=GERMANS)
    LeadFactory(country="Germany")

    counted = [
        segments.count_again(now=NOON + timedelta(minutes=minutes))
        for minutes in (0, 30, 61)
    ]

    segment.refresh_from_db()
    assert (counted, segment.counted) == ([1, 0, 1], 1)


def test_reps_build_no_segments(client, workspace):
    segment = SegmentFactory()
    client.force_login(UserFactory(role=Role.REP))

    for name in ("list", "new"):
        assert client.get(reverse(f"segments:{name}")).status_code == 403
    assert client.get(segment.get_absolute_url()).status_code == 403


def test_the_pages_cost_as_many_queries_for_ten_as_for_one(
    client, marketer, django_assert_num_queries
):
    segment = SegmentFactory(conditions=leaf("country", "is_unknown"))
    LeadFactory()
    for address in (reverse("segments:list"), segment.get_absolute_url()):
        client.get(address)
        with CaptureQueriesContext(connection) as for_one:
            client.get(address)
        SegmentFactory.create_batch(3)
        LeadFactory.create_batch(3)
        with django_assert_num_queries(len(for_one)):
            client.get(address)


def test_members_are_paged(client, marketer):
    segment = SegmentFactory(conditions=leaf("country", "is_unknown"))
    LeadFactory.create_batch(51)
    page = client.get(segment.get_absolute_url())

    rest = client.get(
        segment.get_absolute_url(),
        {"after": page.context["page"].next_cursor, "rows": "1"},
        headers=HTMX,
    )

    assert len(page.context["page"].rows) == 50
    assert len(rest.context["page"].rows) == 1


def test_hostile_inputs_never_break_the_pages(client, marketer):
    segment = SegmentFactory()
    pages = [segment.get_absolute_url(), reverse("segments:list")]
    pages.append(reverse("segments:pick", args=[segment.pk]))
    new, add = reverse("segments:new"), reverse("segments:add", args=[segment.pk])
    for turn, (case, _expect) in enumerate(bad_inputs.listed("query_params")[::2]):
        address = f"{pages[turn % 3]}?{bad_inputs.query_of(case)}"
        assert client.get(address).status_code < 500, case["id"]
    for turn, (case, _expect) in enumerate(bad_inputs.listed("text")[::2]):
        value = sendable(bad_inputs.value_of(case))
        leaves = [leaf("country", "is", value), leaf(value, value, "x")]
        named = leaf("custom.", "is", value) | {"key": value}
        right = posted(leaves[0], named, name=value, description=value)
        typed = posted(*leaves, name=value) if turn % 3 == 0 else right
        ticked = {"lead": value, "all": value}
        for address, told in (
            (new, typed),
            (add, ticked if turn % 3 == 0 else {"addresses": value}),
        ):
            assert client.post(address, told).status_code < 500, case["id"]
    for page in pages:
        assert client.get(page).status_code == 200
