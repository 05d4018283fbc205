"""What the leads of a lane may bring."""

from collections.abc import Sequence
from dataclasses import replace

from handoff.selling import worth
from leads.nurture.board import Lane


def with_worth(shown: Sequence[Lane]) -> list[Lane]:
    """The lanes with what their leads may bring, where enough came before them."""
    worths = worth.of_a_lead()
    return [
        replace(
            one,
            worth=worths[one.stage],
            expected=worth.expected_cents(worths[one.stage], leads=one.count),
        )
        if one.stage in worths
        else one
        for one in shown
    ]
