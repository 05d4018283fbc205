"""A routing plan as a file: read back exactly; what is wrong is named by its place."""

import copy
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from handoff.choices import Strategy
from handoff.models import RoutingPlan
from handoff.routing.plans import documents, values
from leads.json_nodes import DocumentError
from tests.handoff.routing.plans.factories import (
    LARGE,
    PlanFactory,
    RuleFactory,
    active,
    named,
)
from tests.leads.factories import RepFactory, TeamFactory

pytestmark = pytest.mark.django_db
LEAF = {"field": "title", "operator": "contains", "value": "chief"}


@pytest.fixture
def document():
    """A plan with a rule of a team, and one of a rep that is switched off."""
    team = RepFactory(team__name="Enterprise").team
    kenji = RepFactory(user__email="kenji@baton.example")
    plan = PlanFactory(default_team=team, default_strategy=Strategy.LEAST_LOADED)
    RuleFactory(plan=plan, position=1, name="Germany", team=team)
    named(kenji, plan=plan, position=2, conditions=LARGE, is_on=False)
    return documents.write(values.of_plan(plan))


def nested(depth):
    tree = LEAF
    for _level in range(depth):
        tree = {"all": [tree]}
    return tree


def wrong(document, path, value):
    """The document with another value at a path such as `rules.1.team`."""
    document = copy.deepcopy(document)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = document
    for step in way:
        place = place[step]
    place[last] = value
    return document


def exported(version):
    out = StringIO()
    call_command("routing", "export", version, stdout=out)
    return out.getvalue()


def test_what_is_written_is_read_back_exactly(document):
    text = json.dumps(document)

    assert json.dumps(documents.write(documents.read(json.loads(text)))) == text


def test_a_wrong_document_names_the_place_and_the_reason(document):
    TeamFactory(name="Nobody")
    RepFactory(user__email="gone@baton.example", user__is_active=False)
    for path, value, message in [
        ("format", "other/9", "format: expected “baton-routing-plan/1”"),
        ("name", "", "name: not a text"),
        ("name", "x" * 101, "name: longer than 100"),
        ("name", "two\nlines", "name: holds characters"),
        ("first", None, "first: not an object"),
        ("first.company_owner", 1, "first.company_owner: not true or false"),
        ("default.team", "Nobody", "default.team: not the name of a team that has"),
        ("default.strategy", "named", "default.strategy: the default is a team"),
        ("rules", {}, "rules: not a list"),
        ("rules", [{}] * 51, "rules: more than 50"),
        ("rules.0", {}, "rules[0].name: missing"),
        ("rules.0.extra", 1, "rules[0].extra: not expected here"),
        ("rules.0.team", "Nobody", "rules[0].team: not the name of a team"),
        ("rules.0.team", None, "rules[0].team: not the name of a team"),
        ("rules.0.team", ["x"], "rules[0].team: not the name of a team"),
        ("rules.0.rep", "kenji@baton.example", "rules[0].rep: not expected with"),
        ("rules.1.rep", "gone@baton.example", "rules[1].rep: not the e-mail"),
        ("rules.1.team", "Enterprise", "rules[1].team: not expected with"),
        ("rules.0.strategy", "dice", "rules[0].strategy: not one of turns"),
        ("rules.0.strategy", [], "rules[0].strategy: not one of turns"),
        ("rules.0.is_on", "yes", "rules[0].is_on: not true or false"),
        ("rules.0.conditions", {}, "rules[0].conditions: empty"),
        ("rules.0.conditions", nested(6), "Groups are nested deeper than 5"),
        (
            "rules.0.conditions",
            {"any": [{"field": "shoe_size", "operator": "is", "value": "9"}]},
            "rules[0].conditions.any[0].field: Unknown field “shoe_size”",
        ),
        (
            "rules.0.conditions",
            {"field": "title", "operator": "matches", "value": "(["},
            "rules[0].conditions.operator: Unknown operator",
        ),
    ]:
        with pytest.raises(DocumentError) as refused:
            documents.read(wrong(document, path, value))

        assert message in str(refused.value)


@pytest.mark.parametrize("what", [None, [], "text", 3, {}, {"format": 1}])
def test_what_is_no_plan_at_all_is_refused(what):
    with pytest.raises(DocumentError):
        documents.read(what)


def test_a_plan_travels_through_a_file_and_can_decide_at_once(document, tmp_path):
    former, file = active(), tmp_path / "plan.json"
    given = RoutingPlan.objects.exclude(pk=former.pk).get().version
    file.write_text(exported(given), encoding="utf-8")

    call_command("routing", "import", str(file), stdout=StringIO())
    call_command("routing", "import", str(file), "--activate", stdout=StringIO())

    latest, draft = RoutingPlan.objects.order_by("-version")[:2]
    assert (latest.status, draft.status) == ("active", "draft")
    assert exported(latest.version) == exported(draft.version) == exported(given)
    assert latest.events.last().subject == "from the file “plan.json”"


def test_a_file_that_is_no_plan_leaves_nothing_behind(document, tmp_path):
    file, before = tmp_path / "plan.json", RoutingPlan.objects.count()
    for text, message in [
        ("{", "is no JSON"),
        ('{"format": NaN}', "is no JSON: NaN is not a number"),
        ("[" * 100_000, "is no JSON"),
        (json.dumps(wrong(document, "rules.0.team", "x")), r"rules\[0\].team: not"),
    ]:
        file.write_text(text)
        with pytest.raises(CommandError, match=message):
            call_command("routing", "import", str(file))
    for arguments, message in [
        (("import", "nowhere.json"), "No such file"),
        (("export", "77777777777777777777"), "no version"),
        (("export", "9999"), "no version 9999"),
    ]:
        with pytest.raises(CommandError, match=message):
            call_command("routing", *arguments)

    assert RoutingPlan.objects.count() == before
