"""Letting a whole segment, and all of a table, into a programme.

Beside it stands one INSERT of the same rows.
"""

from typing import Any

from django.db import connection

from config.benchmarking import Cost, measured, peak_memory_mb
from leads.models import Lead, User
from leads.nurture.benchmarks.watching import Watch
from leads.nurture.bulk import running as bulk
from leads.nurture.bulk.whom import Whom
from leads.nurture.choices import BulkKind, BulkLayout, Entered, StepKind
from leads.nurture.models import BulkDeed, Programme, Segment, Step
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

    Everybody is in the segment. Then a person takes all leads of the table into a
    second programme (`bulk_…`): previewed, asked for, and done by the worker.
    `plain_seconds` is one INSERT of as many rows by hand, which asks nobody who is in
    already. `memory_mb` is what the process grew by, `progress_seen` how many figures
    on the way a page saw beside it.
    """
    sample.make(leads=leads, activities=activities, rules=rules)
    programme = programme_of(StepKind.WAIT, days=3)
    by_segment = _by_segment(programme, leads)
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
        **by_segment,
        "again_seconds": round(again.seconds, 3),
        "plain_seconds": round(plainly.seconds, 3),
        "ratio": round(by_segment["seconds"] / plainly.seconds, 1),
        **{f"bulk_{name}": value for name, value in _by_bulk(leads).items()},
        "peak_memory_mb": round(peak_memory_mb()),
    }


def _by_segment(programme: Programme, leads: int) -> dict[str, Any]:
    """The whole segment at once, as a person asks for it on the programme's page."""
    entering.ask_for_segment(programme=programme, actor=_person(), now=sample.END)

    def entered() -> int:
        return programme.enrolments.count()

    before = peak_memory_mb()
    with Watch(entered) as watch, measured() as cost:
        entering.look(now=sample.END)
    return _figures(programme, leads, cost, watch, before)


def _by_bulk(leads: int) -> dict[str, Any]:
    """All leads of the table, by the worker that goes on where it stopped."""
    actor, whom = _person(), Whom(layout=BulkLayout.TABLE)
    programme = _programme("By a bulk deed", StepKind.WAIT, segment=None, days=3)
    wish = {"programme": programme.pk}
    said: dict[str, Any] = {
        "kind": BulkKind.ENROL,
        "whom": whom,
        "wish": wish,
        "actor": actor,
    }
    with measured() as previewed:
        bulk.preview(**said, now=sample.END)
    deed = bulk.ask(**said, words="All", now=sample.END)

    def done() -> int:
        return BulkDeed.objects.values_list("done", flat=True).get(pk=deed.pk)

    before = peak_memory_mb()
    with Watch(done) as watch, measured() as cost:
        while deed.is_running:
            bulk.continue_owed(now=sample.END)
            deed.refresh_from_db()
    if (deed.changed, deed.refused) != (leads, 0):
        raise LeadsLostError(bulk.in_words(deed))
    found = _figures(programme, leads, cost, watch, before)
    return {"preview_seconds": round(previewed.seconds, 3), **found}


def _figures(
    programme: Programme, leads: int, cost: Cost, watch: Watch, before: float
) -> dict[str, Any]:
    entered = programme.enrolments.values("lead").distinct().count()
    if entered != leads or programme.enrolments.count() != leads:
        raise LeadsLostError(f"{entered} of {leads} leads entered.")
    return {
        "seconds": round(cost.seconds, 3),
        "cpu_seconds": round(cost.cpu_seconds, 3),
        "leads_a_second": round(leads / cost.seconds),
        "memory_mb": round(peak_memory_mb() - before, 1),
        "progress_seen": len(watch.seen),
    }


def _person() -> User:
    """Whoever asks."""
    asks, _is_new = User.objects.get_or_create(
        email="asks@baton.example", defaults={"is_superuser": True}
    )
    return asks


def programme_of(kind: StepKind, **values: Any) -> Programme:
    """A programme that runs at all hours, with one step, for every lead there is."""
    segment = Segment.objects.create(
        name="Everybody",
        name_key="everybody",
        conditions={"field": "may_mail", "operator": "is", "value": "yes"},
        created_at=sample.END,
    )
    return _programme("Programme", kind, segment=segment, **values)


def _programme(
    name: str, kind: StepKind, *, segment: Segment | None, **values: Any
) -> Programme:
    programme = Programme.objects.create(
        name=name,
        name_key=name.casefold(),
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
