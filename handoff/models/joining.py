"""How a hand-off joins the qualification cycle that it belongs to."""

from typing import Any

from django.db import models
from django.db.models.lookups import Exact
from django.db.models.sql.where import WhereNode

from leads.models import Cycle


class CycleHandedOver(models.ForeignObject):
    """The cycle of a hand-off, which has no column of its own.

    It is looked for among the cycles that were an SQL: they are few beside all, and an
    index holds what reports ask of them.
    """

    def get_extra_restriction(self, alias: str, related_alias: str) -> WhereNode:
        """What the joined row must be, beside being of that lead and cycle."""
        was_sql = Cycle._meta.get_field("was_sql").get_col(alias)
        return WhereNode([Exact(was_sql, True)])  # type: ignore[list-item]

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """As a migration knows it: the same relation, whatever is joined."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignObject", args, kwargs
