"""For which leads a deed is: ticked ones, all that a filter finds, or a segment."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from leads.filters import BoardFilter, LeadFilter
from leads.models import Lead, User
from leads.nurture import segments
from leads.nurture.choices import BulkLayout
from leads.nurture.columns import LANES
from leads.nurture.models import Segment
from leads.querysets import LeadQuerySet

# Nobody ticks more; whoever means more means all that a filter finds.
MOST_TICKED = 2_000
LONGEST_ID = 19


@dataclass(frozen=True)
class Whom:
    """Ticked leads, or where there are none all that the filter finds.

    Of the layout “segment” the query is the number of a segment.
    """

    layout: str
    query: str = ""
    lead_ids: Sequence[int] = ()

    @property
    def is_filter(self) -> bool:
        return not self.lead_ids

    @property
    def is_gone(self) -> bool:
        """Whether it is a segment that is not in use any more."""
        of_segment = self.is_filter and self.layout == BulkLayout.SEGMENT
        return of_segment and _segment(self.query) is None

    def leads(self, user: User) -> LeadQuerySet:
        """Those of them that this person sees, as of now."""
        visible = Lead.objects.visible_to(user).living()
        if not self.is_filter:
            return visible.filter(pk__any_of=list(self.lead_ids))
        if self.layout == BulkLayout.SEGMENT:
            return _members(self.query).visible_to(user)
        found: LeadQuerySet
        if self.layout == BulkLayout.BOARD:
            found = BoardFilter(QueryDict(self.query), queryset=visible).qs
            return found.filter(standing__stage__in=LANES)
        found = LeadFilter(QueryDict(self.query), queryset=visible).qs
        return found


def _members(number: str) -> LeadQuerySet:
    """Who is in the segment of this number; nobody where there is none any more."""
    segment = _segment(number)
    return segments.members(segment) if segment else Lead.objects.none()


def _segment(number: str) -> Segment | None:
    is_number = number.isascii() and number.isdigit() and len(number) < LONGEST_ID
    in_use = Segment.objects.filter(archived_at=None)
    return in_use.filter(pk=int(number)).first() if is_number else None
