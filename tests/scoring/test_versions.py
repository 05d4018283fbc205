from datetime import timedelta

import pytest

from leads.models import Standing
from scoring import (
    comparison,
    defaults,
    editing,
    lifecycle,
    rescoring,
    values,
    versions,
)
from scoring.choices import EventKind
from scoring.drafts import NotADraftError
from scoring.lifecycle import ActivationError
from scoring.models import ModelEvent, ScoringModel
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.scoring.factories import ActivityFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture
def active():
    defaults.ensure_model()
    return ScoringModel.objects.get()


@pytest.fixture
def draft(active):
    return versions.copy(model=active, actor=UserFactory(name="Mia"), now=NOON)


def activate(model, now=LATER, note="Agreed on Monday"):
    return lifecycle.activate(model=model, note=note, actor=None, now=now)


def test_a_copy_is_a_draft_under_the_next_version_that_says_the_same(active, draft):
    assert (draft.version, draft.status) == (2, "draft")
    assert values.of_model(draft) == values.of_model(active)
    assert draft.rules.count() == 18
    event = draft.events.get()
    assert (event.kind, event.subject) == (EventKind.CREATED, "from version 1")
    assert event.actor.name == "Mia"


@pytest.mark.parametrize("starter", versions.STARTERS)
def test_every_starting_template_makes_a_draft_that_could_decide(starter):
    draft = versions.start(starter=starter, actor=None, now=NOON)

    activate(draft)

    assert draft.is_active
    most = sum(one.points for one in draft.criteria.all() if one.points > 0)
    assert most >= 90


@pytest.mark.parametrize(
    ("title", "is_disqualified"),
    [
        ("Marketing Intern", True),
        ("Student", True),
        ("Internal Auditor", False),
        ("Head of International Sales", False),
    ],
)
def test_an_intern_is_told_from_an_internal_auditor(active, title, is_disqualified):
    lead = LeadFactory(title=title)

    rescoring.rescore(lead_ids=[lead.pk], now=NOON)

    standing = Standing.objects.get(lead=lead)
    assert standing.is_disqualified_by_rule == is_disqualified


def test_an_activated_draft_replaces_the_active_model_in_one_go(active, draft):
    activate(draft)

    active.refresh_from_db()
    assert (active.status, draft.status) == ("retired", "active")
    assert (draft.activated_at, draft.note) == (LATER, "Agreed on Monday")
    assert active.events.order_by("pk").last().kind == EventKind.RETIRED


def test_rolling_back_activates_a_retired_version_again(active, draft):
    activate(draft)
    active.refresh_from_db()

    activate(active, now=LATER + timedelta(hours=1))

    assert ScoringModel.objects.get(status="active") == active


def test_the_active_model_is_not_activated_again(active):
    with pytest.raises(ActivationError, match="Version 1 decides already"):
        activate(active)


def test_an_incomplete_draft_is_not_activated_and_says_why(active, draft):
    draft.rules.update(is_on=False)
    draft.gates.filter(stage="mql").delete()

    with pytest.raises(ActivationError) as refused:
        activate(draft)

    assert "No rule is in use" in str(refused.value)
    assert "gates of IQL, MQL and SQL" in str(refused.value)
    assert ScoringModel.objects.get(status="active") == active
    assert not ModelEvent.objects.filter(kind=EventKind.RETIRED).exists()


def test_activation_owes_every_lead_a_score_and_tells_how_far_it_is(active, draft):
    leads = [LeadFactory(), ActivityFactory().lead]
    rescoring.rescore_stale(now=NOON)
    assert versions.progress(model=active) == {"scored": 2, "total": 2, "share": 100}

    activate(draft)
    assert versions.progress(model=draft) == {"scored": 0, "total": 2, "share": 0}
    rescoring.rescore_stale(now=LATER)

    assert versions.progress(model=draft)["share"] == 100
    scored_by = Standing.objects.filter(lead__in=leads)
    assert set(scored_by.values_list("model_version", flat=True)) == {2}


def test_a_draft_can_be_discarded_and_an_active_model_cannot(active, draft):
    versions.discard(model=draft)

    assert not ScoringModel.objects.filter(version=2).exists()
    with pytest.raises(NotADraftError, match="Version 1 is active"):
        versions.discard(model=active)


def test_whoever_edits_a_draft_that_is_gone_is_told(active, draft):
    versions.discard(model=ScoringModel.objects.get(pk=draft.pk))

    with pytest.raises(NotADraftError, match="Version 2 was thrown away meanwhile"):
        versions.locked_draft(draft)


def test_a_copy_does_not_differ_from_what_it_was_made_of(active, draft):
    assert comparison.compare(before=active, after=draft).is_empty


def test_a_comparison_tells_each_line_that_is_new_gone_changed_or_moved(active, draft):
    rules = {rule.name: rule for rule in draft.rules.all()}
    draft.rules.filter(name="Chat").update(points=-3)
    editing.place(line=rules["Form submitted"], position=1, actor=None, now=NOON)
    editing.remove(line=rules["E-mail opened"], actor=None, now=NOON)
    new = values.of_line(rules["Social interaction"])
    editing.add(model=draft, line=_renamed(new, "Asked twice"), actor=None, now=NOON)
    draft.criteria.filter(name="Manager").update(name="Managers")
    draft.gates.filter(stage="mql").update(engagement=45)

    found = comparison.compare(before=active, after=draft)

    states = {(one.title, one.state) for one in found.rules}
    assert states == {
        ("Chat", "changed"),
        ("Form submitted", "moved"),
        ("E-mail opened", "removed"),
        ("Asked twice", "added"),
    }
    assert [one.changes for one in found.rules if one.title == "Chat"] == [
        [["Points", "+10", "-3"]]
    ]
    assert [one.changes for one in found.criteria] == [
        [["Name", "Manager", "Managers"]]
    ]
    assert found.gates[0][0] == "MQL"
    assert "45 or more" in found.gates[0][2]
    assert found.count == 6


def _renamed(rule, name):
    return type(rule)(**{**vars(rule), "name": name})
