"""Who would get which of some undecided hand-offs; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from handoff.choices import Skipped
from handoff.models import Handoff
from handoff.routing import floor, knowledge, placing, turns
from handoff.routing.floor import Place
from handoff.routing.plans import matching, releases, staff
from leads.models import Rep


@dataclass(frozen=True)
class Share:
    """A hand-off and its next rep; without one `why` says what keeps it."""

    handoff: Handoff
    rep: Rep | None
    why: str


def to_rep(*, handoffs: Sequence[Handoff], rep: Rep, now: datetime) -> list[Share]:
    """Give all to one rep, as long as there is room, in the order of the hand-offs."""
    candidate = floor.read(now=now).candidates[rep.user_id]
    shares = []
    for handoff in handoffs:
        if handoff.rep_id == rep.user_id:
            text = _("{rep} has it already.").format(rep=rep)
            shares.append(Share(handoff, None, text))
        elif skipped := turns.why_skipped(candidate, turns.NOBODY):
            text = _("{rep}: {why}.").format(rep=rep, why=Skipped(skipped).label)
            shares.append(Share(handoff, None, text))
        else:
            candidate = turns.take_lead(candidate)
            shares.append(Share(handoff, rep, ""))
    return shares


def by_routing(*, handoffs: Sequence[Handoff], now: datetime) -> list[Share]:
    """Let the active plan choose anew, in the order of the hand-offs.

    Whoever has one now does not get it again. The hand-offs come with lead and
    account.
    """
    leads = [handoff.lead for handoff in handoffs]
    release, sales = releases.in_force(), floor.read(now=now)
    known = replace(
        knowledge.of_leads(leads),
        misrouted_by_lead_id={one.lead_id: [one.rep_id] for one in handoffs},
        expiry_by_lead_id={},
    )
    there = staff.of_reps(sales.reps.values())
    ids = [lead.pk for lead in leads]
    matches = matching.match(lead_ids=ids, release=release, there=there)
    shares = []
    for handoff in handoffs:
        place = placing.place(
            handoff.lead,
            match=matches[handoff.lead_id],
            release=release,
            sales=sales,
            known=known,
            now=now,
        )
        rep = place.rep if place else None
        shares.append(Share(handoff, rep, "" if rep else _why(place)))
    return shares


def _why(place: Place | None) -> str:
    if place is None:
        return _("No rule names it, and there is no default team.")
    skipped = [
        f"{line['name']}: {Skipped(line['skipped']).label}"
        for line in place.candidates
        if line["skipped"]
    ]
    return " · ".join([str(place.routed_by.label), *skipped])
