import copy
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from leads.json_nodes import DocumentError
from scoring import defaults, documents, values, versions
from scoring.models import ScoringModel
from tests.leads.factories import NOON

DOCUMENT = documents.write(versions.read_starter("b2b_software"))
LEAF = {"field": "title", "operator": "contains", "value": "chief"}


def nested(depth):
    tree = LEAF
    for _level in range(depth):
        tree = {"all": [tree]}
    return tree


def wrong(path, value):
    """The document with another value at a path such as `rules.3.points`."""
    document = copy.deepcopy(DOCUMENT)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = document
    for step in way:
        place = place[step]
    place[last] = value
    return document


@pytest.mark.parametrize("starter", versions.STARTERS)
def test_what_is_written_is_read_back_exactly(starter):
    said = versions.read_starter(starter)
    text = json.dumps(documents.write(said))

    assert documents.read(json.loads(text)) == said
    assert json.dumps(documents.write(documents.read(json.loads(text)))) == text


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("format", "other/9", "format: expected “baton-scoring-model/1”"),
        ("name", "", "name: not a text"),
        ("name", "two\nlines", "name: holds characters"),
        ("half_lives.fast", 0, "half_lives.fast: not from 1 to 3650"),
        ("half_lives.fast", -30, "half_lives.fast: not from 1 to 3650"),
        ("half_lives.fast", float("nan"), "half_lives.fast: not a number"),
        ("half_lives.fast", "NaN", "half_lives.fast: not a number"),
        ("half_lives.fast", 4000, "half_lives.fast: not from 1 to 3650"),
        ("half_lives.fast", True, "half_lives.fast: not a number"),
        ("band_limits", [1.0, 2.0], "band_limits: There are 12 limits"),
        ("band_limits.3", 99, "band_limits: Each limit is higher"),
        ("rules.3.points", "many", "rules[3].points: not a number"),
        ("rules.3.points", 2147483648, "rules[3].points: not from -1000 to 1000"),
        ("rules.3.points", float("inf"), "rules[3].points: not a number"),
        ("rules.3.kind", "dance", "rules[3].kind: not one of page_view"),
        ("rules.3.speed", "warp", "rules[3].speed: not one of"),
        ("rules.3.cap", {"count": 0, "period": "day"}, "rules[3].cap.count: not from"),
        ("rules.3.cap", {"count": 2.5, "period": "day"}, "cap.count: not a whole"),
        ("rules.3.extra", 1, "rules[3].extra: not expected here"),
        ("rules.3", {}, "rules[3].name: missing"),
        ("rules.3.is_on", 1, "rules[3].is_on: not true or false"),
        ("criteria.0.conditions", {}, "criteria[0].conditions: empty"),
        ("criteria.0.conditions", nested(6), "Groups are nested deeper than 5"),
        (
            "criteria.0.conditions",
            {"field": "shoe_size", "operator": "is", "value": "9"},
            "criteria[0].conditions.field: Unknown field “shoe_size”",
        ),
        (
            "criteria.0.conditions",
            {"field": "title", "operator": "matches", "value": "(["},
            "criteria[0].conditions.operator: Unknown operator",
        ),
        (
            "criteria.0.conditions",
            {"all": [{"field": "employees", "operator": "at_least", "value": "many"}]},
            "criteria[0].conditions.all[0].value: Expected a number",
        ),
        ("gates.1.engagement", 99, "gates[2].engagement: Not under that of MQL"),
        ("gates.0.leave_engagement", 11, "gates[0].leave_engagement: Left no higher"),
        ("gates.0.stage", "mql", "gates[1].stage: expected iql, mql and sql"),
        ("gates.2.grade", "E", "gates[2].grade: not one of F, D-"),
        ("gates", [], "gates: expected iql, mql and sql"),
    ],
)
def test_a_wrong_document_names_the_place_and_the_reason(path, value, message):
    with pytest.raises(DocumentError) as refused:
        documents.read(wrong(path, value))

    assert message in str(refused.value)


def test_a_thousand_rules_are_refused():
    with pytest.raises(DocumentError, match="rules: more than 200"):
        documents.read(wrong("rules", DOCUMENT["rules"] * 60))


def test_gates_may_be_equal():
    document = wrong("gates.2.engagement", 40.0)
    document["gates"][2]["leave_engagement"] = 30.0

    assert documents.read(document).gates[2].engagement == 40.0


@pytest.mark.parametrize("document", [None, [], "text", 3, {}, {"format": 1}])
def test_what_is_no_model_at_all_is_refused(document):
    with pytest.raises(DocumentError):
        documents.read(document)


def exported(version):
    out = StringIO()
    call_command("scoring_model", "export", version, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_model_travels_through_a_file_and_can_decide_at_once(tmp_path):
    defaults.ensure_model()
    file = tmp_path / "model.json"
    file.write_text(exported(1), encoding="utf-8")

    call_command("scoring_model", "import", str(file), "--activate", stdout=StringIO())

    imported = ScoringModel.objects.get(status="active")
    assert imported.version == 2
    assert exported(2) == exported(1)
    assert values.of_model(imported) == documents.read(json.loads(file.read_text()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no JSON"),
        ('{"format": NaN}', "is no JSON: NaN is not a number"),
        (json.dumps(wrong("rules.3.points", "x")), r"rules\[3\].points: not a number"),
    ],
)
def test_a_file_that_is_no_model_leaves_nothing_behind(tmp_path, text, message):
    file = tmp_path / "model.json"
    file.write_text(text)

    with pytest.raises(CommandError, match=message):
        call_command("scoring_model", "import", str(file))

    assert not ScoringModel.objects.exists()


@pytest.mark.django_db
def test_a_missing_file_or_version_is_said_in_one_line():
    with pytest.raises(CommandError, match="No such file"):
        call_command("scoring_model", "import", "nowhere.json")
    with pytest.raises(CommandError, match="no version 9"):
        call_command("scoring_model", "export", "9")


@pytest.mark.django_db
def test_an_imported_model_is_a_draft_first(tmp_path):
    file = tmp_path / "services.json"
    file.write_text(json.dumps(DOCUMENT))

    call_command("scoring_model", "import", str(file), stdout=StringIO())

    model = ScoringModel.objects.get()
    assert model.is_draft
    assert model.events.get().subject == "from the file “services.json”"
    assert model.landmark >= NOON
