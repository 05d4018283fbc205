"""Named questions about leads."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from leads.text import fold

if TYPE_CHECKING:
    from leads.models import Account, Lead, SavedView, User  # noqa: F401


# Words of so many letters or more are in an index on PostgreSQL.
INDEXED_LETTERS = 3


def _folded(words: str) -> list[str]:
    """The words to look for. PostgreSQL takes no NUL, which no text of ours holds."""
    return fold(words.replace("\0", " ")).split()


def indexed_words(words: str) -> list[str]:
    """Those of the words, folded, by which an index finds leads."""
    return [word for word in _folded(words) if len(word) >= INDEXED_LETTERS]


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

    def living(self) -> Self:
        """Without those who were erased, of whom only numbers are left."""
        return self.filter(erased_at=None)

    def with_standing(self) -> Self:
        """Load what a row or a card prints, so that a row costs no query."""
        return self.select_related("account", "standing__owner", "standing__team")

    def matching(self, words: str) -> Self:
        """Leads whose name, address, company or title holds every word."""
        found = self
        for word in _folded(words):
            found = found.filter(search_text__contains=word)
        return found


class AccountQuerySet(models.QuerySet["Account"]):
    """Every page starts with `visible_to`."""

    def visible_to(self, user: "User") -> Self:
        """All for marketing and managers; for a rep those of leads that they see."""
        if user.sees_all_leads:
            return self
        seen = Q(leads__standing__owner=user)
        if team_id := user.team_id:
            in_pool = Q(leads__standing__owner=None, leads__standing__team=team_id)
            seen |= in_pool & Q(leads__isnull=False)
        return self.filter(pk__in=self.model.objects.filter(seen).values("pk"))

    def matching(self, words: str) -> Self:
        """Accounts whose folded name or domain holds every word."""
        found = self
        for word in _folded(words):
            found = found.filter(Q(name_key__contains=word) | Q(domain__contains=word))
        return found


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Every page starts with `visible_to`."""

    def visible_to(self, user: "User") -> Self:
        """Own ones, and what colleagues share."""
        return self.filter(Q(person=user) | Q(is_shared=True))
