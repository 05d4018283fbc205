"""Whose leads a report counts: those that its reader sees, and of them a choice."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from handoff.models import Handoff
from leads.models import Lead, User
from leads.querysets import LeadQuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What the question of every report says beside its period.

    reader: counts what this person may see; None counts all. among: counts only these
    leads, such as those of a segment; None narrows nothing.
    """

    reader: User | None = None
    among: LeadQuerySet | None = None

    @property
    def leads(self) -> LeadQuerySet | None:
        """The leads that are counted; None is every lead."""
        if self.reader is None or self.reader.sees_all_leads:
            return self.among
        found = Lead.objects.all() if self.among is None else self.among
        return found.visible_to(self.reader)

    @property
    def is_of_all(self) -> bool:
        """Whether every lead is counted."""
        return self.among is None and (
            self.reader is None or self.reader.sees_all_leads
        )

    @property
    def same(self) -> dict[str, Any]:
        """The scope as arguments of another question."""
        return {"reader": self.reader, "among": self.among}

    def narrowed(self, rows: QuerySet[Row], path: str = "lead") -> QuerySet[Row]:
        """Those of the rows whose lead, at `path`, is counted."""
        if self.leads is None:
            return rows
        return rows.filter(**{f"{path}__in": self.leads.order_by().values("pk")})

    def handoffs(self) -> QuerySet[Handoff]:
        """The hand-offs that are counted, as many as the reader may see."""
        found = Handoff.objects.all()
        if self.reader is not None:
            found = found.visible_to(self.reader)
        if self.among is not None:
            found = found.filter(lead__in=self.among.order_by().values("pk"))
        return found

    def sql(self, column: str) -> tuple[str, tuple[Any, ...]]:
        """` AND column IN (…)` with its parameters, or nothing."""
        if self.leads is None:
            return "", ()
        text, params = self.leads.order_by().values("pk").query.sql_with_params()
        return f" AND {column} IN ({text})", params

    def handoffs_sql(self, column: str) -> tuple[str, tuple[Any, ...]]:
        """The same of the hand-offs that are counted."""
        if self.is_of_all:
            return "", ()
        found = self.handoffs().order_by().values("pk")
        text, params = found.query.sql_with_params()
        return f" AND {column} IN ({text})", params
