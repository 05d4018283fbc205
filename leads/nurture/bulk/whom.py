"""For which leads a deed is: ticked ones, or all that the filter of a page finds."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from leads.filters import BoardFilter, LeadFilter
from leads.models import Lead, User
from leads.nurture.board import LANES
from leads.nurture.choices import BulkLayout
from leads.querysets import LeadQuerySet

# Nobody ticks more; whoever means more means all that a filter finds.
MOST_TICKED = 2_000


@dataclass(frozen=True)
class Whom:
    """Ticked leads, or where there are none all that the filter finds."""

    layout: str
    query: str = ""
    lead_ids: Sequence[int] = ()

    @property
    def is_filter(self) -> bool:
        return not self.lead_ids

    def leads(self, user: User) -> LeadQuerySet:
        """Those of them that this person sees, as of now."""
        visible = Lead.objects.visible_to(user).living()
        if not self.is_filter:
            return visible.filter(pk__any_of=list(self.lead_ids))
        found: LeadQuerySet
        if self.layout == BulkLayout.BOARD:
            found = BoardFilter(QueryDict(self.query), queryset=visible).qs
            return found.filter(standing__stage__in=LANES)
        found = LeadFilter(QueryDict(self.query), queryset=visible).qs
        return found
