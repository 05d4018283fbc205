"""The columns of the board: stages, and bands of one."""

from dataclasses import dataclass

from django.db.models import Q

from leads.bands import HOT, WARM
from leads.choices import Stage
from leads.nurture.choices import Band

LANES = (
    Stage.NEW,
    Stage.IQL,
    Stage.MQL,
    Stage.SQL,
    Stage.ACCEPTED,
    Stage.RECYCLED,
)
# No lead is warmer than its ceiling, by which the index finds those that may be.
_BANDS = {
    Band.HOT: Q(warmth__gte=HOT, ceiling__gte=HOT),
    Band.WARM: Q(warmth__gte=WARM, warmth__lt=HOT, ceiling__gte=WARM),
    Band.COLD: Q(warmth__lt=WARM),
}


@dataclass(frozen=True)
class Column:
    """What stands in one column: a stage, or one band of it."""

    stage: Stage
    band: Band | None = None

    @property
    def key(self) -> str:
        """Its name in addresses and pages, such as `mql` or `mql-hot`."""
        return f"{self.stage}-{self.band}" if self.band else self.stage

    @property
    def label(self) -> str:
        stage = self.stage.label
        return f"{stage} · {self.band.label}" if self.band else str(stage)

    @property
    def holds(self) -> Q:
        """Which standings, annotated with their `warmth`, are in it."""
        stage = Q(stage=self.stage)
        return stage & _BANDS[self.band] if self.band else stage


def columns(*, by_band: bool) -> list[Column]:
    """The columns of the board; by band, MQL is three."""
    found = [Column(stage) for stage in LANES]
    if by_band:
        place = LANES.index(Stage.MQL)
        found[place : place + 1] = [Column(Stage.MQL, band) for band in Band]
    return found


def column_named(key: str) -> Column | None:
    """The column with this name; None where there is none."""
    known = [*columns(by_band=False), *columns(by_band=True)]
    return next((column for column in known if column.key == key), None)


def column_of(stage: Stage, warmth: float, *, by_band: bool) -> Column | None:
    """The column in which a lead stands; None where its stage has none."""
    if stage not in LANES:
        return None
    if not by_band or stage != Stage.MQL:
        return Column(stage)
    band = Band.HOT if warmth >= HOT else Band.WARM if warmth >= WARM else Band.COLD
    return Column(stage, band)
