from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring import defaults, editing, lifecycle, values, versions
from scoring.choices import EventKind, Speed
from scoring.drafts import ChangedMeanwhileError, NotADraftError
from scoring.editing import TooManyError
from scoring.models import ScoringModel
from tests.leads.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia():
    return UserFactory(name="Mia")


@pytest.fixture
def draft():
    defaults.ensure_model()
    return versions.copy(model=ScoringModel.objects.get(), actor=None, now=NOON)


def names(draft):
    return list(draft.rules.order_by("position").values_list("name", flat=True))


def changed(line, mia, **fields):
    said = values.of_line(line)
    seen = values.fingerprint(said)
    to = replace(said, **fields)
    return editing.change(line=line, to=to, seen=seen, actor=mia, now=NOON)


def test_a_change_is_told_in_words_with_who_made_it(draft, mia):
    changed(draft.rules.get(name="Chat"), mia, points=12.5, speed=Speed.SLOW)

    event = draft.events.first()
    assert (event.kind, event.actor, event.subject) == (
        EventKind.CHANGED,
        mia,
        "Rule “Chat”",
    )
    assert event.changes == [["Points", "+10", "+12.5"], ["Fades", "Fast", "Slow"]]


def test_saving_what_is_there_leaves_no_trace(draft, mia):
    changed(draft.rules.get(name="Chat"), mia)

    assert draft.events.count() == 1


def test_the_second_of_two_people_is_told_and_nothing_is_lost(draft, mia):
    stale = draft.rules.get(name="Chat")
    changed(draft.rules.get(name="Chat"), mia, points=12.0)

    with pytest.raises(ChangedMeanwhileError, match="Mia changed this"):
        changed(stale, None, points=99.0)

    stale.refresh_from_db()
    assert stale.points == 12.0


def test_a_rule_that_was_taken_out_meanwhile_is_not_changed(draft, mia):
    rule = draft.rules.get(name="Chat")
    editing.remove(line=draft.rules.get(name="Chat"), actor=mia, now=NOON)

    with pytest.raises(ChangedMeanwhileError):
        changed(rule, None, points=99.0)


@pytest.mark.parametrize(("position", "place"), [(1, 1), (4, 4), (99, 18), (-5, 1)])
def test_a_rule_takes_its_new_place_and_the_others_close_up(draft, position, place):
    rule = draft.rules.get(name="E-mail opened")

    editing.place(line=rule, position=position, actor=None, now=NOON)

    assert names(draft).index("E-mail opened") + 1 == place
    positions = draft.rules.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, 19))


def test_a_place_costs_the_same_however_many_rules_there_are(draft):
    def cost():
        rule = draft.rules.order_by("position").first()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            editing.place(line=rule, position=3, actor=None, now=NOON)
        return len(queries)

    before = cost()
    for number in range(10):
        said = replace(values.of_line(draft.rules.last()), name=f"Rule {number}")
        editing.add(model=draft, line=said, actor=None, now=NOON)

    assert cost() == before


def test_a_removed_rule_is_put_back_where_it_was(draft, mia):
    rule = draft.rules.get(name="Form submitted")
    said, before = values.of_line(rule), names(draft)
    event = editing.remove(line=rule, actor=mia, now=NOON)
    assert "Form submitted" not in names(draft)

    editing.put_back(event=event, actor=mia, now=NOON)

    assert names(draft) == before
    assert values.of_line(draft.rules.get(name="Form submitted")) == said


def test_a_switched_off_criterion_is_told_once(draft, mia):
    criterion = draft.criteria.get(name="Manager")
    for _again in range(2):
        editing.switch(line=criterion, is_on=False, actor=mia, now=NOON)

    criterion.refresh_from_db()
    assert not criterion.is_on
    assert draft.events.first().changes == [["In use", "yes", "no"]]
    assert draft.events.count() == 2


def test_a_version_holds_only_so_many_rules(draft, monkeypatch):
    monkeypatch.setattr(values, "MOST_LINES", 18)
    said = values.of_line(draft.rules.first())

    with pytest.raises(TooManyError):
        editing.add(model=draft, line=said, actor=None, now=NOON)


def test_what_is_active_is_not_changed_by_any_way(draft, mia):
    lifecycle.activate(model=draft, note="", actor=None, now=NOON)
    rule = draft.rules.get(name="Chat")
    before = values.of_model(draft)
    deeds = [
        lambda: changed(rule, mia, points=1.0),
        lambda: editing.switch(line=rule, is_on=False, actor=mia, now=NOON),
        lambda: editing.place(line=rule, position=1, actor=mia, now=NOON),
        lambda: editing.remove(line=rule, actor=mia, now=NOON),
        lambda: editing.add(
            model=draft, line=values.of_line(rule), actor=mia, now=NOON
        ),
        lambda: editing.save_gates(model=draft, to=[], seen="", actor=mia, now=NOON),
        lambda: editing.save_settings(
            model=draft, to=before.settings, seen="", actor=mia, now=NOON
        ),
    ]

    for deed in deeds:
        with pytest.raises(NotADraftError):
            deed()

    assert values.of_model(draft) == before
