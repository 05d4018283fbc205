"""The leads that a page computes over: all, or of very many an even sample."""

from dataclasses import dataclass
from math import ceil

from django.db.models import F
from django.db.models.functions import Mod

from leads.models import Standing
from scoring.sql import LeadIds

# What can be scored anew while somebody waits.
MOST_LEADS = 10_000
CHUNK = 5_000


@dataclass(frozen=True)
class Sample:
    """Some of the `total` leads, in chunks."""

    total: int
    chunks: list[LeadIds]

    @property
    def size(self) -> int:
        return sum(len(chunk.ids) for chunk in self.chunks)

    @property
    def is_partial(self) -> bool:
        return self.size < self.total


def even_sample() -> Sample:
    """Every lead, or of more than 10,000 every n-th by its id."""
    standings = Standing.objects.order_by("pk")
    total = standings.count()
    step = ceil(total / MOST_LEADS)
    if step > 1:
        standings = standings.annotate(rest=Mod(F("pk"), step)).filter(rest=0)
    ids = list(standings.values_list("pk", flat=True))
    chunks = [
        LeadIds(tuple(ids[start : start + CHUNK]))
        for start in range(0, len(ids), CHUNK)
    ]
    return Sample(total, chunks)
