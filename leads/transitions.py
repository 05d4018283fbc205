"""The table of allowed stage changes, and what follows from one.

`lifecycle` is the only caller that writes; pages ask `person_targets` what to offer.
"""

from collections.abc import Iterator

from leads.choices import NURTURED, PATH, Cause, Stage

# Moves that no person asked for; a held lead is left alone by them.
AUTOMATIC = (Cause.SCORE, Cause.FAST_TRACK, Cause.DECAY, Cause.DISQUALIFYING)

_QUALIFYING = frozenset({Cause.SCORE, Cause.FAST_TRACK, Cause.PERSON})
_STEP_DOWN = frozenset({Cause.DECAY, Cause.PERSON})
_RETURN = frozenset({Cause.RETURN, Cause.SCORE, Cause.FAST_TRACK, Cause.PERSON})
_DISQUALIFY = frozenset({Cause.DISQUALIFYING, Cause.PERSON})
_PERSON = frozenset({Cause.PERSON})
_DECISION = frozenset({Cause.DECISION})
_DEAL = frozenset({Cause.DEAL})
_UNDO = frozenset({Cause.UNDO})
# Out of these a person moves a lead that is not with sales, and has no date to keep.
_OF_MARKETING = (*NURTURED, Stage.DISQUALIFIED)


def _table() -> Iterator[tuple[Stage, Stage, frozenset[Cause]]]:
    new, iql, mql, sql = PATH[:4]
    for lower in NURTURED:
        for higher in PATH[PATH.index(lower) + 1 : 4]:
            yield lower, higher, _QUALIFYING
        yield lower, Stage.DISQUALIFIED, _DISQUALIFY
    yield mql, iql, _STEP_DOWN
    yield iql, new, _STEP_DOWN
    yield mql, new, _PERSON  # a drag that was a mistake must be mendable in one move
    yield sql, Stage.ACCEPTED, _DECISION
    yield sql, Stage.RECYCLED, _DECISION
    yield sql, Stage.DISQUALIFIED, _DISQUALIFY | _DECISION
    yield sql, mql, _PERSON
    yield Stage.ACCEPTED, Stage.OPPORTUNITY, _DEAL
    yield Stage.OPPORTUNITY, Stage.CUSTOMER, _DEAL
    yield Stage.OPPORTUNITY, Stage.LOST, _DEAL
    yield Stage.CUSTOMER, Stage.OPPORTUNITY, _DEAL
    yield Stage.LOST, Stage.OPPORTUNITY, _DEAL
    for stage in (Stage.ACCEPTED, Stage.OPPORTUNITY, Stage.LOST):
        yield stage, Stage.RECYCLED, _PERSON
    yield Stage.ACCEPTED, Stage.DISQUALIFIED, _DISQUALIFY
    yield Stage.OPPORTUNITY, Stage.DISQUALIFIED, _PERSON
    yield Stage.LOST, Stage.DISQUALIFIED, _PERSON
    for stage in PATH[:3]:
        yield Stage.RECYCLED, stage, _RETURN
    # A decision that is taken back at once, by `lifecycle.undo`.
    yield Stage.RECYCLED, sql, _RETURN | _UNDO
    yield Stage.ACCEPTED, sql, _UNDO
    yield Stage.DISQUALIFIED, sql, _UNDO
    yield Stage.RECYCLED, Stage.DISQUALIFIED, _DISQUALIFY
    yield Stage.DISQUALIFIED, new, _PERSON


def _with_undo() -> dict[tuple[Stage, Stage], frozenset[Cause]]:
    """The table, and back again what a person moved while sales had no part in it."""
    table = {(current, to): causes for current, to, causes in _table()}
    for current, to in list(table):
        if current in _OF_MARKETING and Cause.PERSON in table[current, to]:
            back = (to, current)
            table[back] = table.get(back, frozenset()) | _UNDO
    return table


TRANSITIONS: dict[tuple[Stage, Stage], frozenset[Cause]] = _with_undo()


def may_move(current: Stage, to: Stage, cause: Cause) -> bool:
    """Whether the table allows this change for this cause."""
    if cause == Cause.IMPORT:
        return _may_import(current, to)
    if cause == Cause.ERASURE:
        return to == Stage.DISQUALIFIED and current not in (Stage.CUSTOMER, to)
    return cause in TRANSITIONS.get((current, to), ())


def may_undo(current: Stage, back: Stage, cause: Cause) -> bool:
    """Whether a move that was made for this cause may be taken back.

    What an import may do, undoing the import may take back.
    """
    if cause == Cause.IMPORT:
        return _may_import(back, current)
    return may_move(current, back, Cause.UNDO)


def _may_import(current: Stage, to: Stage) -> bool:
    """An import takes a lead up the path, or off it while it is not a customer."""
    if current not in PATH or current == Stage.CUSTOMER:
        return False
    if to in PATH:
        return PATH.index(to) > PATH.index(current)
    return True


# What two leads that are one keep: whatever sales said of either is further than what
# points say, and whatever sales is at is further than what it has ended.
_BY_DISTANCE = (
    Stage.NEW,
    Stage.IQL,
    Stage.MQL,
    Stage.RECYCLED,
    Stage.DISQUALIFIED,
    Stage.LOST,
    Stage.SQL,
    Stage.ACCEPTED,
    Stage.OPPORTUNITY,
    Stage.CUSTOMER,
)


def distance(stage: Stage) -> int:
    """How far a lead has come; of two that are merged the higher stays."""
    return _BY_DISTANCE.index(stage)


def skipped_stages(current: Stage | None, to: Stage) -> tuple[Stage, ...]:
    """The stages between two, on the way up; they are entered by inference.

    None is a lead that is new to the workspace.
    """
    goal = Stage.CUSTOMER if to == Stage.LOST else to
    if goal not in PATH:
        return (Stage.NEW,) if current is None else ()
    if current in PATH:
        start = PATH.index(current) + 1
    elif current == Stage.RECYCLED and to != Stage.NEW:
        start = 1
    elif current is None:
        start = 0
    else:
        return ()
    return PATH[start : PATH.index(goal)]


def starts_cycle(current: Stage) -> bool:
    """Whether leaving this stage begins a new qualification cycle."""
    return current in (Stage.RECYCLED, Stage.DISQUALIFIED)


def person_targets(current: Stage) -> list[Stage]:
    """The stages to which a person may move a lead by hand, in path order."""
    return [to for to in Stage if may_move(current, to, Cause.PERSON)]
