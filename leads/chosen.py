"""Which leads a board shows, asked so that the answer costs little among a million."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When

from leads import unions
from leads.models import Standing
from leads.querysets import LeadQuerySet
from leads.unions import Part, Values

# Of so many leads or fewer each is looked at, in whatever stage they are.
FEW = 3_000
_COUNT = "SELECT count(*) FROM ({query}) AS t"

Ids = QuerySet[Any, Any]


@dataclass(frozen=True)
class Found:
    """Numbers of leads by one condition that an index knows.

    is_all: whether nothing else is asked of the row of the lead itself.
    """

    ids: Ids
    is_all: bool = False


@dataclass(frozen=True)
class Chosen:
    """What is asked of leads: of their own rows, and of where they stand.

    Whoever is chosen is among each of `found`.
    """

    leads: LeadQuerySet
    standings: Q = field(default_factory=Q)
    found: Sequence[Found] = ()

    @property
    def is_everybody(self) -> bool:
        return not self.leads.query.where and not self.standings

    @property
    def looks_at_leads(self) -> bool:
        """Whether the index of the standings does not know all that is asked."""
        return bool(self.leads.query.where)

    def few(self, *beside: Part) -> tuple[Found | None, list[list[Values]]]:
        """Few leads among whom all are that are chosen; None where they are many.

        And the rows of other parts, each a number, that are asked on the way.
        """
        asked = [Found(one.ids.order_by()[: FEW + 1], one.is_all) for one in self.found]
        parts = [*(Part(_COUNT, one.ids) for one in asked), *beside]
        answers = unions.rows_of_each(parts)
        counts = [rows[0][0] if rows else 0 for rows in answers[: len(asked)]]
        is_few = bool(counts) and min(counts) <= FEW
        few = asked[counts.index(min(counts))] if is_few else None
        return few, answers[len(asked) :]

    def marked(
        self, rows: QuerySet[Standing], *others: Q, among: Found | None = None
    ) -> QuerySet[Standing]:
        """Standings with `fits`: 1 where all this holds, and the others, else 0.

        A condition of the query might make the database begin with all leads of whom it
        holds; this is worked out for the rows that are read, and for no other. `among`
        whom they are need not be asked again.
        """
        holds = self.standings
        for other in others:
            holds &= other
        if self.looks_at_leads and not (among and among.is_all):
            same = self.leads.order_by().filter(pk=OuterRef("lead_id"))
            rows = rows.annotate(known=Subquery(same.values("pk")[:1]))
            holds &= Q(known__isnull=False)
        one, none = Value(1), Value(0)
        return rows.annotate(
            fits=Case(When(holds, then=one), default=none) if holds else one
        )
