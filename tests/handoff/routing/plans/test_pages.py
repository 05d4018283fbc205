"""The pages of the routing plan: read, tried, changed, replayed, refused in words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff.models import RoutingPlan
from handoff.routing.plans import versions
from leads.choices import Role
from tests.handoff.factories import manager
from tests.handoff.routing.plans.factories import LARGE, RuleFactory, active, named
from tests.leads.factories import (
    NOON,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)


@pytest.fixture
def hel(client):
    hel = manager()
    client.force_login(hel)
    return hel


@pytest.fixture
def rep():
    return RepFactory(user__name="Ana Silva", team__name="Core", team__is_default=True)


@pytest.fixture
def kenji():
    return RepFactory(user__name="Kenji Mori", team__name="Enterprise")


@pytest.fixture
def draft(hel, rep, kenji):
    """The active plan has no rule; the draft sends Germans to Kenji."""
    draft = versions.copy(plan=active(), actor=hel, now=NOON)
    named(kenji, plan=draft, position=1, name="Germany")
    return draft


def at(draft, path=""):
    return f"/routing/{draft.version}/{path}"


def sent(**changes):
    """A rule as a browser sends it."""
    return {
        "name": "Large",
        "strategy": "turns",
        "team": "",
        "rep": "",
        "group-of-conditions": "all",
        "row": "0",
        "field-0": "employees",
        "operator-0": "at_least",
        "value-0": "1000",
    } | changes


def every_page(draft):
    rule, lead = draft.rules.get(), LeadFactory()
    reads = ["", "compare/", "replay/", "trial/", "trial/?q=maya"]
    reads += [f"trial/?lead={lead.pk}", "trial/?q=%00", "compare/?with=%00"]
    changes = ["activate/", "discard/", "settings/", "rules/new/"]
    changes += [f"rules/{rule.pk}/", f"rules/{rule.pk}/remove/"]
    reads = ["/routing/"] + [at(draft, path) for path in reads]
    return reads, [at(draft, path) for path in changes]


def test_every_page_answers_the_browser_and_htmx(client, draft):
    reads, changes = every_page(draft)
    for address in reads + changes:
        page = client.get(address)
        fragment = client.get(address, headers=HTMX)

        assert (page.status_code, fragment.status_code) == (200, 200), address
        assert "<!DOCTYPE html>" in page.text, address


def test_marketers_read_and_change_nothing_and_reps_see_nothing(client, draft):
    reads, changes = every_page(draft)
    rule = draft.rules.get()
    deeds = ["switch/", "place/", "remove/", ""]
    posts = [at(draft, f"rules/{rule.pk}/{deed}") for deed in deeds]
    posts += ["/routing/new/", at(draft, "activate/"), at(draft, "settings/")]
    client.force_login(UserFactory(role=Role.MARKETER))
    assert [client.get(address).status_code for address in reads] == [200] * 9
    assert "/routing/" in client.get("/leads/").text
    assert "New draft" not in client.get("/routing/").text
    assert {client.get(address).status_code for address in changes} == {403}
    assert {client.post(address).status_code for address in posts} == {403}

    client.force_login(UserFactory(role=Role.REP))
    for address in reads + changes:
        assert client.get(address).status_code == 403, address
    assert 'href="/routing/"' not in client.get("/leads/").text


def test_what_is_not_there_is_not_found(client, draft):
    other = RuleFactory(plan=RoutingPlan.objects.exclude(pk=draft.pk).get())

    for address in [
        "/routing/999999/",
        "/routing/99999999999999999999/",
        at(draft, f"rules/{other.pk}/"),
        at(draft, "trial/?lead=999999"),
        at(draft, "trial/?lead=999999999999999999"),
    ]:
        assert client.get(address).status_code == 404, address


def test_the_list_says_in_words_what_decides(client, hel, rep, kenji):
    plan = active()
    named(kenji, plan=plan, position=1, name="Large", conditions=LARGE)
    RuleFactory(plan=plan, position=2, name="Old", team=TeamFactory())

    page = client.get("/routing/").text

    assert "<b>Large</b>: Employees at least 1000 → Kenji Mori" in page
    assert "skipped: nobody is in its team" in page
    assert "Everything else: the default team Core, by turns." in page


def test_the_first_draft_of_a_workspace_is_a_copy_of_what_it_does(client, hel):
    assert "No plan yet" in client.get("/routing/").text

    client.post("/routing/new/")

    assert list(RoutingPlan.objects.values_list("version", "status")) == [
        (2, "draft"),
        (1, "active"),
    ]
    assert client.post("/routing/new/", {"base": "x"}).status_code == 400
    assert client.post("/routing/new/", {"base": "77"}).status_code == 404


def test_ten_more_rules_versions_and_reps_cost_no_more_queries(client, draft, kenji):
    pages = ["/routing/", at(draft), at(draft, "compare/")]

    def cost(address):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    client.get("/routing/")
    before = [cost(address) for address in pages]
    for position in range(2, 12):
        named(kenji, plan=draft, position=position)
        versions.copy(plan=draft, actor=None, now=NOON)
        RepFactory(team=kenji.team)

    assert [cost(address) for address in pages] == before


def test_a_rule_is_added_and_the_editor_comes_back(client, draft, kenji):
    answer = client.post(
        at(draft, "rules/new/"), sent(team=kenji.team_id), headers=HTMX
    )

    assert answer["HX-Retarget"] == "#editor"
    assert "Enterprise, by turns" in answer.text
    rule = draft.rules.get(name="Large")
    assert (rule.position, rule.conditions) == (2, LARGE)


def test_what_is_wrong_with_a_rule_is_said_beside_its_field(client, draft, kenji):
    gone = RepFactory(user__is_active=False)
    deep = '{"all": [' * 6 + "7" + "]}" * 6
    for changes, problem in [
        ({"team": ""}, "Choose the team"),
        ({"team": TeamFactory().pk}, "Nobody is in this team."),
        ({"team": "999999"}, "This one is gone"),
        ({"team": "9" * 40}, "This one is gone"),
        ({"team": "x"}, "This one is gone"),
        ({"strategy": "named"}, "Choose the rep"),
        ({"strategy": "named", "rep": gone.pk}, "This one is gone"),
        ({"strategy": "dice"}, "Select a valid choice"),
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"name": "a\x00b"}, "Null characters"),
        ({"row": ""}, "Without a condition"),
        ({"field-0": "shoe_size"}, "Unknown field"),
        ({"operator-0": "matches"}, "Unknown operator"),
        ({"value-0": "many"}, "Expected a number"),
        ({"kept-0": deep, "field-0": ""}, "Unknown field"),
        ({"field-0": "title", "operator-0": "is", "value-0": "a\x00b"}, "cannot be"),
    ]:
        form = sent(**{"team": kenji.team_id, **changes})
        for headers in ({}, HTMX):
            answer = client.post(at(draft, "rules/new/"), form, headers=headers)

            assert answer.status_code == 422, changes
            assert problem in answer.text, changes
    assert draft.rules.count() == 1


def test_the_conditions_change_while_the_rule_is_typed(client, draft):
    form = sent(builder="add")

    rows = client.post(at(draft, "rules/new/"), form, headers=HTMX)
    page = client.post(at(draft, "rules/new/"), form)

    assert rows.text.count('name="row"') == page.text.count('name="row"') == 2
    assert 'value="Large"' in page.text
    assert draft.rules.count() == 1


def test_a_rule_is_edited_switched_moved_and_removed(client, draft, kenji):
    named(kenji, plan=draft, position=2, name="Second")
    rule = draft.rules.get(name="Germany")
    page = client.get(at(draft, f"rules/{rule.pk}/"))
    seen = page.context["form"].initial["seen"]
    changed = sent(name="Big", strategy="named", rep=kenji.pk, seen=seen)

    client.post(at(draft, f"rules/{rule.pk}/"), changed)
    client.post(at(draft, f"rules/{rule.pk}/switch/"), {"on": "0"})
    client.post(at(draft, f"rules/{rule.pk}/place/"), {"to": "2"})

    rule.refresh_from_db()
    assert (rule.name, rule.is_on, rule.position) == ("Big", False, 2)
    stale = client.post(at(draft, f"rules/{rule.pk}/"), changed, headers=HTMX)
    assert stale.status_code == 409
    assert client.post(at(draft, f"rules/{rule.pk}/place/")).status_code == 400
    client.post(at(draft, f"rules/{rule.pk}/remove/"))
    event = draft.events.filter(removed__isnull=False).get()
    assert "Rule “Big”" in client.get(at(draft)).text
    client.post(at(draft, f"history/{event.pk}/"))
    assert draft.rules.filter(name="Big", position=2).exists()


def test_what_was_taken_out_is_not_put_back_to_who_is_gone(client, draft, kenji):
    client.post(at(draft, f"rules/{draft.rules.get().pk}/remove/"))
    event = draft.events.filter(removed__isnull=False).get()
    kenji.user.is_active = False
    kenji.user.save(update_fields=["is_active"])

    answer = client.post(at(draft, f"history/{event.pk}/"), headers=HTMX)

    assert answer.status_code == 409
    assert not draft.rules.exists()


def test_what_holds_beside_the_rules_is_saved_or_refused(client, draft, kenji):
    page = client.get(at(draft, "settings/"))
    form = {
        "name": "Autumn",
        "joins_colleague": "on",
        "cool_off_days": "14",
        "default_team": kenji.team_id,
        "default_strategy": "least_loaded",
        "seen": page.context["form"].initial["seen"],
    }
    for changes in [
        {"default_strategy": "named"},
        {"default_team": TeamFactory().pk},
        {"name": ""},
        {"cool_off_days": "-1"},
    ]:
        answer = client.post(at(draft, "settings/"), form | changes)
        assert answer.status_code == 422, changes

    answer = client.post(at(draft, "settings/"), form, follow=True)

    assert "Enterprise, whoever has the most room" in answer.text
    draft.refresh_from_db()
    assert (draft.name, draft.prefers_owner) == ("Autumn", False)
    assert client.post(at(draft, "settings/"), form, headers=HTMX).status_code == 409


def test_activating_asks_for_a_note_and_rolling_back_too(client, draft):
    assert client.post(at(draft, "activate/"), {"note": ""}).status_code == 422

    client.post(at(draft, "activate/"), {"note": "Kenji knows Germany"})

    draft.refresh_from_db()
    assert draft.is_active
    page = client.get("/routing/").text
    assert "Kenji knows Germany" in page
    assert "Roll back to this" in page
    answer = client.post(at(draft, "activate/"), {"note": "x"}, headers=HTMX)
    assert answer.status_code == 409


def test_a_draft_that_leads_nowhere_is_not_activated(client, draft):
    draft.rules.update(rep=None)

    answer = client.post(at(draft, "activate/"), {"note": "x"})

    assert answer.status_code == 409
    assert "These rules lead nowhere: “Germany”" in answer.text


def test_only_a_draft_is_discarded(client, draft):
    former = RoutingPlan.objects.get(status="active")
    for plan in (former, draft):
        client.post(at(plan, "discard/"))

    assert list(RoutingPlan.objects.all()) == [former]


def test_two_versions_are_compared_in_words(client, draft):
    page = client.get(at(draft, "compare/")).text

    assert "Germany" in page
    assert "Kenji Mori" in page
    assert "added" in page
