import pytest
from django.http import QueryDict

from scoring import condition_form, versions
from scoring.condition_form import checked, of_post, of_tree

LEAF = {"field": "title", "operator": "contains", "value": "chief"}
SIZE = {"field": "employees", "operator": "at_least", "value": 200}
NESTED = {"any": [LEAF, SIZE]}


def posted(form, **changes):
    """What a browser sends for a form as it is shown, with some fields changed."""
    sent = QueryDict(mutable=True)
    sent["group-of-conditions"] = form.group
    for row in form.rows:
        sent.appendlist("row", str(row.index))
        if row.kept:
            sent[f"kept-{row.index}"] = row.kept
            continue
        for name in ("field", "key", "operator", "value"):
            sent[f"{name}-{row.index}"] = getattr(row, name)
    sent.update(changes)
    return of_post(sent, form.subject)


def trees():
    for starter in versions.STARTERS:
        said = versions.read_starter(starter)
        for line in said.rules:
            yield line.conditions, "activity"
        for line in said.criteria:
            yield line.conditions, "lead"


def test_every_tree_of_the_starters_comes_back_as_it_was():
    for tree, subject in trees():
        form = of_tree(tree, subject)

        assert checked(posted(form), may_be_empty=True).is_valid
        assert posted(form).tree == tree


@pytest.mark.parametrize(
    "tree",
    [
        {},
        LEAF,
        SIZE,
        {"none": [LEAF]},
        {"all": [NESTED, SIZE, {"none": [NESTED]}]},
        {"all": [LEAF, {"field": "source", "operator": "one_of", "value": ["a", "b"]}]},
        {"any": [LEAF, {"field": "source", "operator": "one_of", "value": ["a, b"]}]},
        {"any": [LEAF, {"field": "country", "operator": "is_known"}]},
        {"any": [LEAF, {"field": "custom.plan", "operator": "is", "value": "pro"}]},
        {"any": [LEAF, {"field": "custom.seats", "operator": "at_most", "value": 2.5}]},
    ],
)
def test_what_is_not_touched_is_kept(tree):
    assert posted(of_tree(tree, "lead")).tree == tree


def test_a_nested_group_is_shown_in_words_and_can_be_taken_out():
    form = of_tree({"all": [NESTED, SIZE]}, "lead")
    assert form.rows[0].words == "Job title contains chief or employees at least 200"

    assert posted(form, builder="remove-0").tree == SIZE


def test_a_row_is_added_with_the_first_field():
    form = posted(of_tree(SIZE, "lead"), builder="add")

    assert [row.field for row in form.rows] == ["employees", "title"]


def test_another_field_brings_its_own_comparisons():
    form = posted(
        of_tree(LEAF, "lead"), **{"field-0": "employees", "builder": "fields"}
    )

    names = [name for name, _label in form.rows[0].operators]
    assert "contains" not in names
    assert form.rows[0].operator == names[0]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"value-0": ""}, "Expected a text."),
        ({"value-0": "x" * 201}, "Expected at most 200 characters."),
        ({"field-0": "shoe_size"}, "Unknown field “shoe_size”."),
        ({"operator-0": "matches", "value-0": "(a+)+$"}, "Unknown operator"),
        ({"field-0": "employees", "operator-0": "at_least"}, "Expected a number."),
        (
            {"field-0": "employees", "operator-0": "at_least", "value-0": "inf"},
            "Expected a number.",
        ),
        ({"field-0": "custom."}, "Say which one"),
        ({"field-0": "custom.", "key-0": "12"}, "Unknown field “custom.12”."),
    ],
)
def test_what_is_wrong_is_said_beside_its_row(changes, reason):
    form = checked(
        posted(of_tree({"any": [LEAF, SIZE]}, "lead"), **changes), may_be_empty=False
    )

    assert not form.is_valid
    assert reason in form.rows[0].error
    assert form.rows[1].error == ""


def test_without_a_condition_a_criterion_is_refused_and_a_rule_is_not():
    empty = of_tree({}, "lead")

    assert "for every lead" in checked(empty, may_be_empty=False).error
    assert checked(empty, may_be_empty=True).is_valid


@pytest.mark.parametrize("kept", ["{", "[" * 5000, '{"field": "x"}', "7", "null"])
def test_a_made_up_group_is_never_taken(kept):
    sent = QueryDict(mutable=True)
    sent.update({"row": "0", "kept-0": kept})

    assert not checked(of_post(sent, "lead"), may_be_empty=True).is_valid


def test_more_rows_than_allowed_are_cut():
    sent = QueryDict(mutable=True)
    sent.setlist("row", [str(number) for number in range(500)])

    assert len(of_post(sent, "lead").rows) == condition_form.MOST_LEAVES
