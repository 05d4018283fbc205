"""Versions of the routing plan: released, compared, told, and never edited after."""

from dataclasses import replace

import pytest

from handoff.choices import Strategy
from handoff.models import RoutingPlan
from handoff.routing.plans import (
    comparison,
    defaults,
    documents,
    editing,
    lifecycle,
    values,
    versions,
)
from handoff.routing.plans.editing import TooManyError
from handoff.routing.plans.lifecycle import ActivationError
from handoff.routing.plans.values import RuleValues, SettingsValues
from scoring.choices import EventKind
from scoring.drafts import ChangedMeanwhileError, NotADraftError
from tests.handoff.routing.plans.factories import (
    LARGE,
    PlanFactory,
    RuleFactory,
    active,
    named,
)
from tests.leads.factories import NOON, RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hel():
    return UserFactory(name="Hel Marsh")


@pytest.fixture
def plan():
    """A draft with the rules Rule A, Rule B, Rule C, all to one team with a rep."""
    plan, rep = PlanFactory(), RepFactory()
    for position, letter in enumerate("ABC", 1):
        RuleFactory(plan=plan, position=position, name=letter, team=rep.team)
    return plan


def names(plan):
    return [rule.name for rule in plan.rules.order_by("position")]


def said(rule):
    return values.of_row(RuleValues, rule)


def change(rule, actor, **fields):
    seen = documents.fingerprint(said(rule))
    to = replace(said(rule), **fields)
    editing.change(rule=rule, to=to, seen=seen, actor=actor, now=NOON)


def activate(plan, actor=None):
    return lifecycle.activate(plan=plan, note="Why not", actor=actor, now=NOON)


def test_setup_makes_the_first_plan_once():
    defaults.ensure_plan()
    defaults.ensure_plan()

    plan = RoutingPlan.objects.get()
    assert plan.is_active
    assert values.of_plan(plan) == values.FIRST


def test_activating_retires_the_one_before_and_rolling_back_returns_to_it(plan, hel):
    former = active()

    activate(plan, hel)
    former.refresh_from_db()
    assert (plan.status, former.status) == ("active", "retired")
    assert (plan.activated_by, plan.note) == (hel, "Why not")
    assert plan.events.first().kind == EventKind.ACTIVATED

    activate(former, hel)
    plan.refresh_from_db()
    assert (plan.status, former.status) == ("retired", "active")


def test_what_decides_is_not_activated_again():
    with pytest.raises(ActivationError, match="decides already"):
        activate(active())


def test_a_draft_with_a_rule_that_leads_nowhere_is_not_activated(plan):
    RuleFactory(plan=plan, position=9, name="Nowhere")

    with pytest.raises(ActivationError, match="“Nowhere”"):
        activate(plan)

    plan.rules.filter(name="Nowhere").update(is_on=False)
    assert activate(plan).is_active


def test_a_retired_version_may_name_who_is_gone(plan):
    activate(plan)
    active()
    plan.rules.update(team=None)

    assert activate(plan).is_active


def test_what_is_active_is_not_changed_by_any_way(plan, hel):
    removed = editing.remove(rule=plan.rules.get(name="C"), actor=hel, now=NOON)
    activate(plan)
    rule, before = plan.rules.get(name="A"), values.of_plan(plan)
    settings = values.of_row(SettingsValues, plan)
    who = {"actor": hel, "now": NOON}
    deeds = [
        lambda: change(rule, hel, name="Other"),
        lambda: editing.switch(rule=rule, is_on=False, **who),
        lambda: editing.place(rule=rule, position=2, **who),
        lambda: editing.remove(rule=rule, **who),
        lambda: editing.add(plan=plan, rule=said(rule), **who),
        lambda: editing.put_back(event=removed, **who),
        lambda: editing.save_settings(plan=plan, to=settings, seen="", **who),
        lambda: versions.discard(plan=plan),
    ]

    for deed in deeds:
        with pytest.raises(NotADraftError):
            deed()

    assert values.of_plan(plan) == before


def test_whoever_changes_a_draft_that_is_gone_is_told(plan, hel):
    rule = plan.rules.get(name="A")
    versions.discard(plan=RoutingPlan.objects.get(pk=plan.pk))

    with pytest.raises(NotADraftError, match="was thrown away meanwhile"):
        editing.switch(rule=rule, is_on=False, actor=hel, now=NOON)


def test_a_change_is_told_in_words_with_who_made_it(plan, hel):
    kenji = RepFactory(user__name="Kenji Mori")
    rule = plan.rules.get(name="A")
    former = f"{rule.team}, by turns"

    change(rule, hel, strategy=Strategy.NAMED, team=None, rep=kenji, conditions=LARGE)

    event = plan.events.first()
    assert (event.kind, event.actor, event.subject) == (
        EventKind.CHANGED,
        hel,
        "Rule “A”",
    )
    assert event.changes == [
        ["Conditions", "Country is Germany", "Employees at least 1000"],
        ["Goes to", former, "Kenji Mori"],
    ]


def test_the_second_of_two_people_is_told_and_nothing_is_lost(plan, hel):
    stale = plan.rules.get(name="A")
    change(plan.rules.get(name="A"), hel, name="First")

    with pytest.raises(ChangedMeanwhileError, match="Hel Marsh changed this"):
        change(stale, None, name="Second")

    assert names(plan) == ["First", "B", "C"]


@pytest.mark.parametrize(
    ("position", "order"),
    [(1, "CAB"), (2, "ACB"), (3, "ABC"), (99, "ABC"), (-5, "CAB")],
)
def test_a_rule_takes_its_new_place_and_the_others_close_up(plan, position, order):
    rule = plan.rules.get(name="C")

    editing.place(rule=rule, position=position, actor=None, now=NOON)

    assert names(plan) == list(order)
    positions = plan.rules.order_by("position").values_list("position", flat=True)
    assert list(positions) == [1, 2, 3]


def test_a_removed_rule_is_put_back_where_it_was(plan, hel):
    before = values.of_plan(plan)
    event = editing.remove(rule=plan.rules.get(name="B"), actor=hel, now=NOON)
    assert names(plan) == ["A", "C"]

    editing.put_back(event=event, actor=hel, now=NOON)

    assert values.of_plan(plan) == before


def test_a_version_holds_only_so_many_rules(plan, monkeypatch):
    monkeypatch.setattr(values, "MOST_RULES", 3)

    with pytest.raises(TooManyError):
        editing.add(
            plan=plan, rule=said(plan.rules.get(name="A")), actor=None, now=NOON
        )


def test_a_copy_says_the_same_and_then_goes_its_own_way(plan, hel):
    copied = versions.copy(plan=plan, actor=hel, now=NOON)
    assert comparison.compare(before=plan, after=copied).is_empty

    rep = RepFactory(user__name="Kenji Mori")
    kenji = named(rep, plan=copied, position=9, conditions=LARGE)
    change(copied.rules.get(name="A"), hel, is_on=False)
    editing.remove(rule=copied.rules.get(name="B"), actor=hel, now=NOON)
    editing.place(rule=copied.rules.get(name="C"), position=1, actor=hel, now=NOON)
    to = replace(
        values.of_row(SettingsValues, copied), default_strategy=Strategy.LEAST_LOADED
    )
    seen = documents.fingerprint(values.of_row(SettingsValues, copied))
    editing.save_settings(plan=copied, to=to, seen=seen, actor=hel, now=NOON)

    copied.refresh_from_db()
    found = comparison.compare(before=plan, after=copied)
    states = {one.title: one.state for one in found.rules}
    assert states == {"C": "moved", "A": "changed", kenji.name: "added", "B": "removed"}
    assert found.settings == [
        [
            "What no rule names goes to",
            "the default team, by turns",
            "the default team, whoever has the most room",
        ]
    ]


def test_a_discarded_draft_is_gone_with_its_history(plan):
    versions.discard(plan=plan)

    assert not RoutingPlan.objects.exists()


def test_a_team_that_is_deleted_leaves_its_rule_empty():
    rule = RuleFactory(team=TeamFactory())
    rule.team.delete()

    rule.refresh_from_db()
    assert rule.team is None
