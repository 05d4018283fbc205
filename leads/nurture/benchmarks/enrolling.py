"""Letting a whole segment into a programme, beside one INSERT of the same rows."""

from typing import Any

from django.db import connection

from config.benchmarking import measured, peak_memory_mb
from leads.models import Lead
from leads.nurture.choices import Entered, StepKind
from leads.nurture.models import Enrolment, Programme, Segment, Step
from leads.nurture.programmes import entering
from scoring.benchmarks import sample

PLAINLY = """INSERT INTO nurture_enrolment (programme_id, lead_id, run, how,
    entered_at, step_id, next_at, waits_for, ended_why)
SELECT programme_id, lead_id, 2, how, entered_at, step_id, next_at, '', ''
FROM nurture_enrolment WHERE run = 1"""


class LeadsLostError(Exception):
    """Not every lead entered exactly once."""


def run(*, leads: int, activities: int, rules: int, **_sizes: int) -> dict[str, Any]:
    """Measure in the empty database that is at hand.

    Everybody is in the segment. `plain_seconds` is one INSERT of as many rows by hand,
    which asks nobody who is in already. `memory_mb` is what the process grew by.
    """
    sample.make(leads=leads, activities=activities, rules=rules)
    programme = programme_of(StepKind.WAIT, days=3)
    before = peak_memory_mb()
    with measured() as entered:
        entering.look(now=sample.END)
    if Enrolment.objects.values("lead").distinct().count() != leads:
        raise LeadsLostError(f"{Enrolment.objects.count()} of {leads} leads entered.")
    grown = peak_memory_mb() - before
    with measured() as again:
        entering.enrol(
            programme=programme,
            leads=Lead.objects.all(),
            how=Entered.HAND,
            actor=None,
            now=sample.END,
        )
    with connection.cursor() as cursor, measured() as plainly:
        cursor.execute(PLAINLY)
    return {
        "leads": leads,
        "seconds": round(entered.seconds, 3),
        "cpu_seconds": round(entered.cpu_seconds, 3),
        "leads_a_second": round(leads / entered.seconds),
        "again_seconds": round(again.seconds, 3),
        "plain_seconds": round(plainly.seconds, 3),
        "ratio": round(entered.seconds / plainly.seconds, 1),
        "memory_mb": round(grown, 1),
        "peak_memory_mb": round(peak_memory_mb()),
    }


def programme_of(kind: StepKind, **values: Any) -> Programme:
    """A programme that runs at all hours, with one step, for every lead there is."""
    segment = Segment.objects.create(
        name="Everybody",
        name_key="everybody",
        conditions={"field": "may_mail", "operator": "is", "value": "yes"},
        created_at=sample.END,
    )
    programme = Programme.objects.create(
        name="Programme",
        name_key="programme",
        segment=segment,
        from_hour=0,
        to_hour=24,
        on_weekdays=False,
        exits_on_stage=False,
        created_at=sample.END,
        started_at=sample.END,
    )
    Step.objects.create(programme=programme, position=1, kind=kind, **values)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return programme
