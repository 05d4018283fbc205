"""What a card tells beside who it is: trend, reason, and the way to the next gate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.choices import GRADES, PATH, Stage
from leads.models import Activity, Lead
from scoring.decay import TOLERANCE
from scoring.engagement import active_model
from scoring.models import Gate
from scoring.recent import Reason, Recent, recent_of

WIDTH, HEIGHT = 48, 16
# So that a quiet lead is not drawn as if it were hot.
LOWEST_TOP = 20.0
# Fewer points either way are no trend.
LEVEL = 1.0


@dataclass(frozen=True)
class Signs:
    """The signs of one lead at an instant.

    `line` holds coordinates in a drawing of 48 by 16; it is empty where nothing counts.
    """

    lead: Lead
    line: str
    rise: float
    reason: Reason | None
    next_gate: str
    last_touch: datetime | None

    @property
    def direction(self) -> str:
        """`up`, `down` or `level` over the last 14 days."""
        if abs(self.rise) < LEVEL:
            return "level"
        return "up" if self.rise > 0 else "down"


def signs_of(*, leads: Sequence[Lead], at: datetime) -> list[Signs]:
    """The signs of leads that come with their standing and `engagement`."""
    model = active_model()
    if model is None or not leads:
        return []
    gates = sorted(model.gates.all(), key=lambda gate: PATH.index(Stage(gate.stage)))
    recent = recent_of(lead_ids=[lead.pk for lead in leads], model=model, now=at)
    touched = _last_touches(leads, at)
    found = []
    for lead in leads:
        lately = recent.get(lead.pk, Recent())
        found.append(
            Signs(
                lead=lead,
                line=_line(lately),
                rise=lately.rise,
                reason=lately.reason,
                next_gate=next_gate_in_words(lead, gates),
                last_touch=touched.get(lead.pk),
            )
        )
    return found


def next_gate_in_words(lead: Lead, gates: Iterable[Gate]) -> str:
    """What is missing to the next stage: "12 points to MQL"; empty beyond SQL."""
    standing = lead.standing
    if standing.stage not in PATH[:3]:
        return ""
    higher = PATH[PATH.index(Stage(standing.stage)) + 1 :]
    gate = next((one for one in gates if one.stage in higher), None)
    if gate is None:
        return ""
    stage = Stage(gate.stage).label
    # Whole points, rounded up: "0 points" would say that nothing is missing.
    missing = gate.engagement - TOLERANCE - lead.engagement  # type: ignore[attr-defined]
    points = -int(-missing // 1) if missing > 0 else 0
    grade = GRADES[gate.grade] if standing.grade < gate.grade else ""
    if points and grade:
        text = ngettext(
            "{points} point and grade {grade} to {stage}",
            "{points} points and grade {grade} to {stage}",
            points,
        )
    elif points:
        text = ngettext(
            "{points} point to {stage}", "{points} points to {stage}", points
        )
    elif grade:
        text = _("grade {grade} to {stage}")
    else:
        return ""
    return text.format(points=points, grade=grade, stage=stage)


def _line(recent: Recent) -> str:
    if not recent.levels:
        return ""
    top = max(LOWEST_TOP, *recent.levels)
    step = WIDTH / (len(recent.levels) - 1)
    return " ".join(
        f"{step * place:.1f},{(HEIGHT - 1) * (1 - level / top) + 0.5:.1f}"
        for place, level in enumerate(recent.levels)
    )


def _last_touches(leads: Sequence[Lead], at: datetime) -> dict[int, datetime]:
    """When something last happened between us and each lead, by whoever."""
    latest = Activity.objects.filter(
        lead=OuterRef("pk"), is_machine=False, occurred_at__lte=at
    ).order_by("-occurred_at")
    found = Lead.objects.filter(pk__in=[lead.pk for lead in leads])
    rows = found.annotate(touched=Subquery(latest.values("occurred_at")[:1]))
    return dict(rows.values_list("pk", "touched"))
