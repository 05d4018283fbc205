"""Giving many waiting leads to reps, beside a loop that gives them one by one."""

from typing import Any

from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from config.benchmarking import measured, peak_memory_mb
from handoff.models import Handoff
from handoff.routing import offers
from leads import roles
from leads.choices import Role
from leads.models import Account, Lead, Rep, Standing, Team
from scoring.benchmarks import sample

# So many leads are given one by one, and so many in one batch whose queries count.
LOOPED = 200


class LeadsLostError(Exception):
    """Not every lead was offered to a rep exactly once."""


def run(
    *, leads: int, activities: int, rules: int, reps: int, **_sizes: int
) -> dict[str, Any]:
    """Measure in the empty database that is at hand; every lead waits to be routed.

    Everybody has room for all, and five leads are of one company. `loop_ratio` says how
    many times longer the loop takes for as many leads. `queries_a_batch` grows with the
    reps who get one, not with the leads. `alone` are leads without a company, so that
    all of them are given in turn: the fewest and the most that a rep got.
    """
    sample.make(leads=leads, activities=activities, rules=rules)
    _people(reps, room=2 * leads + 2 * LOOPED)
    _wait()
    with measured() as routed:
        offers.route_waiting(now=sample.END)
    _check(leads)
    first = list(Lead.objects.order_by("pk").values_list("pk", flat=True)[:LOOPED])
    _take_back(first)
    with measured() as looped:
        for lead_id in first:
            offers.route_leads(lead_ids=[lead_id], now=sample.END)
    _take_back(first)
    with CaptureQueriesContext(connection) as batch:
        offers.route_leads(lead_ids=first, now=sample.END)
    _check(leads)
    shares = _shares_alone()
    per_lead = routed.seconds / leads
    return {
        "leads": leads,
        "activities": activities,
        "reps": reps,
        "seconds": round(routed.seconds, 3),
        "cpu_seconds": round(routed.cpu_seconds, 3),
        "leads_a_second": round(1 / per_lead),
        "looped": len(first),
        "loop_seconds": round(looped.seconds, 3),
        "loop_ratio": round(looped.seconds / len(first) / per_lead, 1),
        "queries_a_batch": len(batch),
        "alone_fewest": min(shares),
        "alone_most": max(shares),
        "peak_memory_mb": round(peak_memory_mb()),
    }


def _people(count: int, *, room: int) -> None:
    team = Team.objects.create(name="Sales", is_default=True)
    for number in range(count):
        person = roles.create_user(
            email=f"rep{number}@sales.example",
            name=f"Rep {number}",
            role=Role.REP,
            password=None,
        )
        Rep.objects.create(user=person, team=team, capacity=room)


def _wait() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leads_standing SET stage = 'sql'")
        # PostgreSQL does it by itself soon after so many writes.
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute("VACUUM ANALYZE" if is_postgresql else "ANALYZE")


def _take_back(lead_ids: list[int]) -> None:
    """They wait as before; whose turn it is has moved on."""
    Handoff.objects.filter(lead__in=lead_ids).delete()


def _check(leads: int) -> None:
    offered = Handoff.objects.pending().exclude(rep=None)
    if offered.values("lead").distinct().count() != leads:
        raise LeadsLostError(f"{offered.count()} hand-offs for {leads} leads.")


def _shares_alone() -> list[int]:
    """Give every lead again, as if none had a company; the number of each rep."""
    Handoff.objects.all().delete()
    Lead.objects.update(account=None)
    Account.objects.all().delete()
    offers.route_waiting(now=sample.END)
    _check(Standing.objects.count())
    held = Handoff.objects.order_by().values("rep").annotate(n=Count("pk"))
    return list(held.values_list("n", flat=True))
