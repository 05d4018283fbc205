"""By what the rows of a report can be split, for anything that belongs to a lead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import (
    Case,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    TextChoices,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import BaseExpression
from django.db.models.functions import (
    Cast,
    Coalesce,
    Floor,
    Greatest,
    Least,
    NullIf,
    Substr,
    Trim,
)
from django.utils.translation import gettext_lazy as _

from leads.choices import GRADES, CampaignChannel, Stage
from leads.models import StageChange
from reports.bands import BANDS, HIGHEST, WIDTH, letter_of
from reports.keys import EMPTY_KEY, EVERYTHING_KEY
from reports.periods import Period


class Split(TextChoices):
    """What the rows of a report stand for."""

    SOURCE = "source", _("Source")
    CAMPAIGN = "campaign", _("Campaign")
    CHANNEL = "channel", _("Channel")
    REP = "rep", _("Rep")
    TEAM = "team", _("Team")
    COUNTRY = "country", _("Country")
    INDUSTRY = "industry", _("Industry")
    GRADE = "grade", _("Grade then")
    BAND = "band", _("Score then")
    VERSION = "version", _("Model version")
    NONE = "none", _("Nothing, one row")


@dataclass(frozen=True)
class Paths:
    """Where a model keeps its hand-off, its person in sales and that person's team.

    `origin` says whence the lead came: the cycle of a hand-off does too, and there are
    fewer cycles that were handed over than leads. Of several countries the first counts
    that is known. `cycle` is empty where there is no such row.
    """

    origin: str = "qualification__"
    countries: tuple[str, ...] = ("qualification__country",)
    industry: str = "qualification__industry"
    cycle: str = "qualification__"
    handoff: str = ""
    person: str = "rep__"
    team: str = "team__"


HANDOFF = Paths()
DEAL = Paths(
    origin="lead__",
    countries=("lead__country", "lead__account__country"),
    industry="lead__account__industry",
    cycle="",
    handoff="handoff__",
    person="owner__",
    team="owner__rep__team__",
)
# A character a grade from F to A+, and five a band, which SQL cuts out.
LETTERS = "".join(letter_of(grade) for grade in range(len(GRADES)))
WIDE_BANDS, WIDE = "".join(f"{band:5}" for band in BANDS), 5


def key_and_label(
    split: Split, paths: Paths = HANDOFF
) -> tuple[BaseExpression, BaseExpression]:
    """The key of a row in the database, and what people call it."""
    if split == Split.NONE:
        return Value(EVERYTHING_KEY), Value(EVERYTHING_KEY)
    if split == Split.REP:
        person = paths.person
        return text(f"{person}email"), text(f"{person}name", f"{person}email")
    if split in _MEASURED:
        measured = Coalesce(
            _MEASURED[split](paths), Value(EMPTY_KEY), output_field=TextField()
        )
        return measured, measured
    if split == Split.CHANNEL:
        channel = f"{paths.origin}campaign__channel"
        return text(channel), _channel_label(channel)
    columns = {
        Split.SOURCE: (f"{paths.origin}source",),
        Split.CAMPAIGN: (f"{paths.origin}campaign__name",),
        Split.TEAM: (f"{paths.team}name",),
        Split.COUNTRY: paths.countries,
        Split.INDUSTRY: (paths.industry,),
    }[split]
    key = text(*columns)
    return key, key


def _channel_label(path: str) -> Case:
    named = [
        When(**{path: channel.value}, then=Value(str(channel.label)))
        for channel in CampaignChannel
    ]
    return Case(*named, default=Value(EMPTY_KEY), output_field=TextField())


def _then(column: str, paths: Paths) -> Case | Subquery:
    """What was measured when the lead last became an SQL before the hand-off.

    Its cycle tells it, but for a lead that became one again after the hand-off.
    """
    routed_at = f"{paths.handoff}routed_at"
    entered = StageChange.objects.filter(
        lead=OuterRef(f"{paths.handoff}lead"),
        cycle=OuterRef(f"{paths.handoff}cycle"),
        at__lte=OuterRef(routed_at),
        to_stage=Stage.SQL,
        is_undone=False,
    )
    found = Subquery(entered.order_by("-at", "-pk").values(column)[:1])
    if not paths.cycle:
        return found
    is_told = Q(**{f"{paths.cycle}measured_at__lte": F(routed_at)})
    return Case(When(is_told, then=F(f"{paths.cycle}{column}")), default=found)


def _grade(paths: Paths) -> BaseExpression:
    place = _then("grade", paths) + Value(1)
    return Substr(Value(LETTERS), place, 1, output_field=TextField())


def _band(paths: Paths) -> BaseExpression:
    score = Greatest(_then("engagement", paths), Value(0.0))
    highest = Value(float(HIGHEST))
    number = Cast(Floor(Least(score, highest) / Value(float(WIDTH))), IntegerField())
    place = number * Value(WIDE) + Value(1)
    cut = Substr(Value(WIDE_BANDS), place, WIDE, output_field=TextField())
    return Trim(cut, output_field=TextField())


def _version(paths: Paths) -> BaseExpression:
    version = Cast(_then("model_version", paths), TextField())
    template = "'v' || %(expressions)s"
    return Func(version, template=template, output_field=TextField())


_MEASURED: dict[Split, Callable[[Paths], BaseExpression]] = {
    Split.GRADE: _grade,
    Split.BAND: _band,
    Split.VERSION: _version,
}


def month_of(column: str, months: Sequence[Period]) -> Case:
    """The month of an instant, by borders: daylight saving or not, as in `Period`."""
    borders = [
        When(**{f"{column}__lt": month.end_at}, then=Value(f"{month.start:%Y-%m}"))
        for month in months
    ]
    return Case(*borders, default=Value(""), output_field=TextField())


def text(*paths: str) -> Coalesce:
    """The first of the columns that is not empty, else the key of what is empty."""
    filled = [
        NullIf(Trim(F(path), output_field=TextField()), Value("")) for path in paths
    ]
    return Coalesce(*filled, Value(EMPTY_KEY), output_field=TextField())
