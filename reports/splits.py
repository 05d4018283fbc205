"""By what the rows of a report can be split, for anything that belongs to a lead."""

from dataclasses import dataclass

from django.db.models import F, TextChoices, TextField, Value
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Coalesce, NullIf, Trim
from django.utils.translation import gettext_lazy as _

from reports.keys import EMPTY_KEY, EVERYTHING_KEY


class Split(TextChoices):
    """What the rows of a report stand for."""

    SOURCE = "source", _("Source")
    CAMPAIGN = "campaign", _("Campaign")
    REP = "rep", _("Rep")
    TEAM = "team", _("Team")
    COUNTRY = "country", _("Country")
    INDUSTRY = "industry", _("Industry")
    NONE = "none", _("Nothing, one row")


@dataclass(frozen=True)
class Paths:
    """Where a model keeps its lead, its person in sales and that person's team."""

    lead: str = "lead__"
    person: str = "rep__"
    team: str = "team__"


HANDOFF = Paths()
DEAL = Paths(person="owner__", team="owner__rep__team__")


def key_and_label(
    split: Split, paths: Paths = HANDOFF
) -> tuple[BaseExpression, BaseExpression]:
    """The key of a row in the database, and what people call it."""
    if split == Split.NONE:
        return Value(EVERYTHING_KEY), Value(EVERYTHING_KEY)
    if split == Split.REP:
        person = paths.person
        return text(f"{person}email"), text(f"{person}name", f"{person}email")
    columns = {
        Split.SOURCE: (f"{paths.lead}source",),
        Split.CAMPAIGN: (f"{paths.lead}campaign__name",),
        Split.TEAM: (f"{paths.team}name",),
        Split.COUNTRY: (f"{paths.lead}country", f"{paths.lead}account__country"),
        Split.INDUSTRY: (f"{paths.lead}account__industry",),
    }[split]
    return text(*columns), text(*columns)


def text(*paths: str) -> Coalesce:
    """The first of the columns that is not empty, else the key of what is empty."""
    filled = [
        NullIf(Trim(F(path), output_field=TextField()), Value("")) for path in paths
    ]
    return Coalesce(*filled, Value(EMPTY_KEY), output_field=TextField())
