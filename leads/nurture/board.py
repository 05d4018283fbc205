"""The nurture board: one lane a stage, the warmest leads on top."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leads.choices import Stage
from leads.models import Lead
from leads.paging import Page, page_of
from leads.querysets import LeadQuerySet
from scoring.engagement import active_model, engagement_expression

LANES = (
    Stage.NEW,
    Stage.IQL,
    Stage.MQL,
    Stage.SQL,
    Stage.ACCEPTED,
    Stage.RECYCLED,
)
CARDS = 25
# Counting stops behind this, so that a lane of a million leads costs no more than this.
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Lane:
    """One column of the board as it is at an instant."""

    stage: Stage
    page: Page[Lead]
    count: int
    at: datetime

    @property
    def count_in_words(self) -> str:
        return f"{MOST_COUNTED:,}+" if self.count > MOST_COUNTED else f"{self.count:,}"


def lane(
    *,
    leads: LeadQuerySet,
    stage: Stage,
    at: datetime,
    cursor: str = "",
    size: int = CARDS,
) -> Lane:
    """One lane of these leads as it is at an instant, from the cursor on."""
    found = leads.filter(standing__stage=stage)
    page = page_of(
        with_engagement(found.with_standing(), at=at),
        order=("-engagement", "pk"),
        cursor=cursor,
        size=size,
    )
    count = found.values("pk")[: MOST_COUNTED + 1].count()
    return Lane(stage=stage, page=page, count=count, at=at)


def sum_in_words(shown: Sequence[Lane]) -> str:
    """How many leads are in all of these lanes."""
    total = sum(min(one.count, MOST_COUNTED) for one in shown)
    is_more = any(one.count > MOST_COUNTED for one in shown)
    return f"{total:,}+" if is_more else f"{total:,}"


def with_engagement(leads: LeadQuerySet, *, at: datetime) -> LeadQuerySet:
    """Annotate leads with their engagement at an instant."""
    model = active_model()
    return leads.annotate(
        engagement=engagement_expression(model=model, now=at, prefix="standing__")
    )
