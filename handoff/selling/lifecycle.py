"""The one writer of a deal's stage."""

from handoff.choices import DealStage
from handoff.models import Deal


def move_deal(*, deal: Deal, to: DealStage) -> bool:
    """Put an open deal into a stage, any from any; False where it is there already.

    The caller has locked the lead's standing, and saves the deal.

    Raises:
        ValueError: the deal is won or lost.
    """
    if deal.stage == to:
        return False
    if not deal.is_open:
        raise ValueError(deal.pk)
    deal.stage = to
    return True
