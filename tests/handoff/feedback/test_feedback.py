"""What sales rejects comes back to marketing, and marketing's answer to sales."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from handoff import lifecycle
from handoff.feedback import kinds, listing, remarks
from handoff.feedback.listing import Wanted
from handoff.feedback.remarks import RemarkError
from handoff.lifecycle import NotYoursError
from handoff.models import Remark
from leads.choices import Role
from leads.models import Campaign, Notification
from leads.nurture import segments
from tests.handoff.factories import HandoffFactory, ReasonFactory, manager
from tests.leads.factories import NOON, AccountFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BRIEF = {
    "engagement": 61.0,
    "grade": "B",
    "why": [
        {"what": "Saw the prices", "count": 3, "at": NOON.isoformat(), "points": 30.0}
    ],
}


@pytest.fixture
def marketer(workspace):
    return UserFactory(role=Role.MARKETER)


def rejected(*, reason=None, at=NOON, note="No money.", brief=BRIEF, **lead):
    """An offer that its rep rejected."""
    handoff = HandoffFactory(lead=LeadFactory(stage="sql", **lead), brief=brief)
    lifecycle.reject(
        handoff=handoff,
        reason=reason or ReasonFactory(),
        note=note,
        actor=handoff.rep,
        now=at,
    )
    return handoff


def told(person):
    kind = "rejection_answered"
    return [
        (one.title, one.path)
        for one in Notification.objects.filter(person=person, kind=kind)
    ]


def test_the_rep_is_told_of_an_answer_once_and_answers_back(marketer):
    handoff = rejected()
    path = reverse("handoff:feedback_one", args=[handoff.pk])

    for _twice in range(2):
        remarks.answer(handoff=handoff, text=" Sorry. ", actor=marketer, now=NOON)
    remarks.answer(handoff=handoff, text="Fine.", actor=handoff.rep, now=NOON + DAY)

    assert [one.text for one in handoff.remarks.all()] == ["Sorry.", "Fine."]
    words = f"answered about the rejection of {handoff.lead}"
    assert told(handoff.rep) == [(f"{marketer} {words}", path)]
    assert told(marketer) == [(f"{handoff.rep} {words}", path)]


def test_a_dispute_reaches_the_managers_too(marketer):
    boss, handoff = manager(), rejected()

    for _twice in range(2):
        remarks.dispute(handoff=handoff, text="They asked.", actor=marketer, now=NOON)

    assert Remark.objects.count() == 1
    assert len(told(boss)) == len(told(handoff.rep)) == 1


def test_what_is_learned_can_be_taken_off_and_tells_nobody(marketer):
    handoff = rejected()

    for _twice in range(2):
        remarks.learn(handoff=handoff, text="", actor=marketer, now=NOON)
    assert Remark.objects.count() == 1
    removed = [remarks.forget(handoff=handoff, actor=marketer) for _twice in range(2)]

    assert removed == [True, False]
    assert not told(handoff.rep)


def test_who_may_say_what_is_checked(marketer):
    handoff, pending = rejected(), HandoffFactory()
    said = {"text": "No.", "now": NOON}

    for deed, refused in (
        (remarks.dispute, {"handoff": handoff, "actor": handoff.rep}),
        (remarks.answer, {"handoff": handoff, "actor": pending.rep}),
    ):
        with pytest.raises(NotYoursError):
            deed(**refused, **said)
    for changes in ({"handoff": pending}, {"text": " "}):
        with pytest.raises(RemarkError):
            remarks.answer(**{"handoff": handoff, "actor": marketer, **said, **changes})
    assert not Remark.objects.exists()


def test_counts_stand_beside_those_of_as_long_before(marketer):
    budget, timing = ReasonFactory(label="Budget"), ReasonFactory(label="Timing")
    fair = Campaign.objects.create(name="Fair", name_key="fair")
    rejected(reason=budget, at=NOON - DAY, source="ads", campaign=fair)
    rejected(reason=budget, at=NOON - 2 * DAY, source="ads", brief={})
    rejected(reason=budget, at=NOON - 40 * DAY)
    rejected(reason=timing, at=NOON - 40 * DAY)
    wanted = Wanted(days=30)

    made = listing.panels(user=marketer, wanted=wanted, now=NOON)

    counted = {
        panel.name: [(one.label, one.count, one.before) for one in panel.lines]
        for panel in made
    }
    assert counted == {
        "reason": [("Budget", 2, 1), ("Timing", 0, 1)],
        "source": [("ads", 2, 0), ("unknown", 0, 2)],
        "campaign": [("Fair", 1, 0), ("unknown", 1, 2)],
        "rule": [("unknown", 1, 0), ("Saw the prices", 1, 2)],
    }
    assert [one.change_in_figures for one in made[0].lines] == ["+1", "-1"]


def test_a_segment_of_the_same_kind_is_proposed_and_finds_the_lead(client, marketer):
    handoff = rejected(source="ads", account=AccountFactory(industry="banking"))
    rejected(source="ads", account=AccountFactory(industry="banking"))
    client.force_login(marketer)

    address = kinds.segment_address(handoff)
    page = client.get(address)

    tree = json.loads(parse_qs(urlsplit(address).query)["conditions"][0])
    assert list(segments.matching(tree)) == [handoff.lead]
    assert page.context["builder"].tree == tree
    assert page.context["found"].count == 1


@pytest.mark.parametrize(
    ("operator", "value", "found"),
    [
        ("is", "NO BUDGET", {"a"}),
        ("is_not", "No budget", {"b"}),
        ("one_of", ["no budget", "late"], {"a", "b"}),
        ("is_known", None, {"a", "b"}),
        ("is_unknown", None, {"c"}),
    ],
)
def test_segments_ask_what_sales_rejected_for(workspace, operator, value, found):
    for name, label in (("a", "No budget"), ("b", "Late")):
        rejected(first_name=name, reason=ReasonFactory(label=label))
    LeadFactory(first_name="c")
    leaf = {"field": "rejected_for", "operator": operator}

    leads = segments.matching(leaf | ({"value": value} if value else {}))

    assert {lead.first_name for lead in leads} == found


def test_the_page_narrows_and_costs_the_same_for_many(client, marketer):
    now, reason = timezone.now(), ReasonFactory(label="Budget")
    first = rejected(reason=reason, at=now)
    client.force_login(marketer)
    address = reverse("handoff:feedback")
    client.get(address)
    with CaptureQueriesContext(connection) as for_one:
        client.get(address)
    others = [rejected(at=now) for _number in range(5)]
    with CaptureQueriesContext(connection) as for_six:
        page = client.get(address)

    assert len(for_six) == len(for_one)
    assert len(page.context["rows"]) == 6
    for query, expected in (
        (f"reason={reason.pk}", [first]),
        (f"rep={others[0].rep.pk}", [others[0]]),
        ("state=open&source=none", [*reversed(others), first]),
        ("state=learned", []),
        ("rule=Another", []),
        ("campaign=0&rule=Saw+the+prices", [*reversed(others), first]),
    ):
        shown = client.get(f"{address}?{query}").context["rows"]
        assert [one.handoff for one in shown] == expected, query


def test_a_rep_reads_and_answers_own_rejections_alone(client, marketer):
    mine, other = rejected(at=timezone.now()), rejected(at=timezone.now())
    remarks.answer(handoff=mine, text="Look again.", actor=marketer, now=NOON)
    client.force_login(mine.rep)
    say = reverse("handoff:feedback_say", args=[mine.pk])

    page = client.get(reverse("handoff:feedback_one", args=[mine.pk]))
    done = client.post(say, {"kind": "answer", "text": "I will."})
    refused = client.post(say, {"kind": "learned"})

    assert "Look again." in page.text
    assert "Dispute" not in page.text
    assert (done.status_code, refused.status_code) == (302, 409)
    assert [
        one.handoff for one in client.get(reverse("handoff:feedback")).context["rows"]
    ] == [mine]
    for name in ("feedback_one", "feedback_say"):
        address = reverse(f"handoff:{name}", args=[other.pk])
        answer = client.post(address) if "say" in name else client.get(address)
        assert answer.status_code == 404


def test_marketing_says_it_on_the_page(client, marketer):
    handoff = rejected()
    client.force_login(marketer)
    say = reverse("handoff:feedback_say", args=[handoff.pk])

    answers = [
        client.post(say, said).status_code
        for said in (
            {"kind": "dispute", "text": "They asked."},
            {"kind": "learned", "text": ""},
            {"kind": "learned", "off": "1"},
            {"kind": "answer", "text": ""},
            {"kind": "rumour", "text": "x"},
        )
    ]

    assert answers == [302, 302, 302, 409, 422]
    page = client.get(reverse("leads:detail", args=[handoff.lead_id]))
    assert "They asked." in page.text
