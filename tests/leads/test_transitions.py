"""The table of DESIGN, written out again: each row, and each pair that is missing."""

import pytest

from leads.choices import Cause, Stage
from leads.transitions import may_move, person_targets, skipped_stages

QUALIFYING = {"score", "fast_track", "person"}
DISQUALIFYING = {"disqualifying", "person"}
RETURNING = {"return", "score", "fast_track", "person"}
LEGAL: dict[tuple[str, str], set[str]] = {
    ("new", "iql"): QUALIFYING,
    ("new", "mql"): QUALIFYING,
    ("new", "sql"): QUALIFYING,
    ("iql", "mql"): QUALIFYING,
    ("iql", "sql"): QUALIFYING,
    ("mql", "sql"): QUALIFYING,
    ("mql", "iql"): {"decay", "person"},
    ("iql", "new"): {"decay", "person"},
    ("mql", "new"): {"person"},
    ("sql", "accepted"): {"decision"},
    ("sql", "recycled"): {"decision"},
    ("sql", "disqualified"): {"decision", *DISQUALIFYING},
    ("sql", "mql"): {"person"},
    ("accepted", "opportunity"): {"deal"},
    ("opportunity", "customer"): {"deal"},
    ("opportunity", "lost"): {"deal"},
    ("customer", "opportunity"): {"deal"},
    ("lost", "opportunity"): {"deal"},
    ("accepted", "recycled"): {"person"},
    ("opportunity", "recycled"): {"person"},
    ("lost", "recycled"): {"person"},
    ("new", "disqualified"): DISQUALIFYING,
    ("iql", "disqualified"): DISQUALIFYING,
    ("mql", "disqualified"): DISQUALIFYING,
    ("accepted", "disqualified"): DISQUALIFYING,
    ("recycled", "disqualified"): DISQUALIFYING,
    ("opportunity", "disqualified"): {"person"},
    ("lost", "disqualified"): {"person"},
    ("recycled", "new"): RETURNING,
    ("recycled", "iql"): RETURNING,
    ("recycled", "mql"): RETURNING,
    ("recycled", "sql"): {"undo", *RETURNING},
    ("accepted", "sql"): {"undo"},
    ("disqualified", "sql"): {"undo"},
    ("disqualified", "new"): {"person"},
}
# A move by hand is taken back at once, where sales had no part in it.
for _pair, _causes in list(LEGAL.items()):
    if "person" in _causes and _pair[0] in {"new", "iql", "mql", "disqualified"}:
        _back = (_pair[1], _pair[0])
        LEGAL[_back] = LEGAL.get(_back, set()) | {"undo"}
EVERY_MOVE = [
    (current, to, cause)
    for current in Stage
    for to in Stage
    for cause in Cause
    if current != to and cause not in (Cause.IMPORT, Cause.ERASURE)
]


def test_exactly_the_moves_of_the_table_are_allowed():
    allowed = {move for move in EVERY_MOVE if may_move(*move)}
    assert allowed == {
        (*pair, cause) for pair, causes in LEGAL.items() for cause in causes
    }


@pytest.mark.parametrize(
    ("current", "to", "allowed"),
    [
        (Stage.NEW, Stage.CUSTOMER, True),
        (Stage.MQL, Stage.ACCEPTED, True),
        (Stage.MQL, Stage.LOST, True),
        (Stage.MQL, Stage.IQL, False),
        (Stage.CUSTOMER, Stage.LOST, False),
        (Stage.LOST, Stage.CUSTOMER, False),
        (Stage.DISQUALIFIED, Stage.MQL, False),
    ],
)
def test_an_import_takes_a_lead_up_the_path_or_off_it(current, to, allowed):
    assert may_move(current, to, Cause.IMPORT) == allowed


@pytest.mark.parametrize("current", [*Stage][:8])
def test_who_is_erased_leaves_every_board_but_stays_a_customer(current):
    targets = [to for to in Stage if may_move(current, to, Cause.ERASURE)]

    assert targets == ([] if current == Stage.CUSTOMER else [Stage.DISQUALIFIED])


@pytest.mark.parametrize(
    ("current", "to", "skipped"),
    [
        (Stage.NEW, Stage.SQL, (Stage.IQL, Stage.MQL)),
        (Stage.MQL, Stage.SQL, ()),
        (Stage.MQL, Stage.IQL, ()),
        (Stage.RECYCLED, Stage.MQL, (Stage.IQL,)),
        (Stage.RECYCLED, Stage.NEW, ()),
        (Stage.LOST, Stage.OPPORTUNITY, ()),
        (None, Stage.MQL, (Stage.NEW, Stage.IQL)),
        (None, Stage.RECYCLED, (Stage.NEW,)),
        (
            Stage.MQL,
            Stage.LOST,
            (Stage.SQL, Stage.ACCEPTED, Stage.OPPORTUNITY),
        ),
        (Stage.OPPORTUNITY, Stage.LOST, ()),
    ],
)
def test_stages_between_are_inferred_on_the_way_up(current, to, skipped):
    assert skipped_stages(current, to) == skipped


def test_a_person_is_offered_only_what_the_table_allows():
    assert person_targets(Stage.SQL) == [Stage.MQL, Stage.DISQUALIFIED]
    assert person_targets(Stage.CUSTOMER) == []
