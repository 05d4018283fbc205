"""Named questions about leads."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from leads.text import fold

if TYPE_CHECKING:
    from leads.models import Lead, User  # noqa: F401


class LeadQuerySet(models.QuerySet["Lead"]):
    """Every page starts with `visible_to`, so another's lead is not found."""

    def visible_to(self, user: "User") -> Self:
        """All leads for marketing and managers; for a rep own and team-pool leads."""
        if user.sees_all_leads:
            return self
        seen = Q(standing__owner=user)
        if team_id := user.team_id:
            seen |= Q(standing__owner=None, standing__team=team_id)
        return self.filter(seen)

    def with_standing(self) -> Self:
        """Load what a row or a card prints, so that a row costs no query."""
        return self.select_related("account", "standing__owner", "standing__team")

    def matching(self, words: str) -> Self:
        """Leads whose name, address, company or title holds every word."""
        found = self
        for word in fold(words).split():
            found = found.filter(search_text__contains=word)
        return found
