"""Doing the steps that are due: a batch of leads at a time, each batch whole or not."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from leads import activities, conditions, lifecycle, notifications
from leads.choices import Cause, NotificationKind, Stage
from leads.crashpoints import crashpoint
from leads.lifecycle import Move
from leads.models import Lead, Standing, Tag
from leads.notifications import News
from leads.nurture.choices import Left, StepKind, StepOutcome
from leads.nurture.condition_fields import SUBJECT
from leads.nurture.mail import sending
from leads.nurture.models import Enrolment, Mail, Step, StepDone
from leads.nurture.programmes import entering, hours, limits
from leads.text import fold
from scoring.engagement import scores_of

BATCH = 500
# A call does at most so many batches; the sweep comes back for the rest.
MOST_BATCHES = 40
# What keeps a mail from a lead is asked again after this.
ASKED_AGAIN = timedelta(hours=6)


@dataclass(frozen=True)
class Outcome:
    """What becomes of an enrolment after its step: where next and when, or its end."""

    step_id: int | None
    next_at: datetime | None
    done: StepOutcome | None = StepOutcome.DONE
    ended_why: str = ""
    waits_for: str = ""


Outcomes = dict[int, Outcome]
Deed = Callable[[Step, Sequence[Enrolment], datetime], Outcomes]


def run_due(*, now: datetime) -> int:
    """Do what is due in running programmes, the longest waiting first; how many."""
    done = 0
    for _batch in range(MOST_BATCHES):
        count = _run_batch(now)
        done += count
        if not count:
            break
    return done


@transaction.atomic
def _run_batch(now: datetime) -> int:
    due = Enrolment.objects.due(now=now).order_by("next_at", "pk")
    free = due.select_for_update(skip_locked=True, of=("self",))
    rows = list(
        free.select_related("lead", "programme__goal", "step__template")[:BATCH]
    )
    if not rows:
        return 0
    # The cap counts mails of all programmes: one batch after the other for a lead.
    lifecycle.locked(sorted({row.lead_id for row in rows}))
    rows = _without_leavers(rows, now)
    by_step: defaultdict[int | None, list[Enrolment]] = defaultdict(list)
    for row in rows:
        by_step[row.step_id].append(row)
    for step_id, alike in by_step.items():
        step = alike[0].step
        outcomes = (
            DEEDS[StepKind(step.kind)](step, alike, now)
            if step is not None and step_id
            else {row.pk: _end(None, Left.FINISHED, None) for row in alike}
        )
        _write(step, outcomes, now)
    crashpoint("programme_batch")
    return len(rows) or 1


def _without_leavers(rows: Sequence[Enrolment], now: datetime) -> list[Enrolment]:
    by_programme: defaultdict[int, list[Enrolment]] = defaultdict(list)
    for row in rows:
        by_programme[row.programme_id].append(row)
    for alike in by_programme.values():
        entering.end_whoever_left(
            programme=alike[0].programme,
            enrolment_ids=[row.pk for row in alike],
            now=now,
        )
    staying = set(
        Enrolment.objects.active()
        .filter(pk__in=[row.pk for row in rows])
        .values_list("pk", flat=True)
    )
    return [row for row in rows if row.pk in staying]


def _write(step: Step | None, outcomes: Outcomes, now: datetime) -> None:
    """One UPDATE for each kind of outcome, and a row for each step that was done."""
    alike: defaultdict[Outcome, list[int]] = defaultdict(list)
    for pk, outcome in outcomes.items():
        alike[outcome].append(pk)
    for outcome, pks in alike.items():
        Enrolment.objects.filter(pk__in=pks).update(
            step=outcome.step_id,
            next_at=outcome.next_at,
            ended_at=now if outcome.ended_why else None,
            ended_why=outcome.ended_why,
            waits_for=outcome.waits_for,
        )
    if step is not None:
        StepDone.objects.bulk_create(
            StepDone(enrolment_id=pk, step=step, at=now, outcome=outcome.done)
            for pk, outcome in outcomes.items()
            if outcome.done
        )


def _mail(step: Step, rows: Sequence[Enrolment], now: datetime) -> Outcomes:
    if step.template is None:
        return _on(step, rows, now)
    settings = limits.current()
    lead_ids = [row.lead_id for row in rows]
    got = Mail.objects.filter(template=step.template, once="", lead__in=lead_ids)
    had_it = set(got.values_list("lead", flat=True))
    full = limits.over_cap(settings=settings, lead_ids=lead_ids, now=now)
    muted: set[int] = set()
    programme = rows[0].programme
    if limits.mutes(settings=settings, programme=programme, template=step.template):
        muted = limits.with_sales(lead_ids)
    outcomes, ready = {}, []
    for row in rows:
        opens_at = opening_for(row, now)
        if row.lead_id in had_it:
            outcomes[row.pk] = _next(step, now, StepOutcome.SKIPPED)
        elif row.lead_id in muted:
            outcomes[row.pk] = _later(step, now + ASKED_AGAIN, _("sales is at work"))
        elif opens_at > now:
            outcomes[row.pk] = _later(step, opens_at, _("hours in which it may leave"))
        elif row.lead_id in full:
            outcomes[row.pk] = _later(step, now + ASKED_AGAIN, _("enough mails lately"))
        else:
            ready.append(row)
    leads = [row.lead_id for row in ready]
    sending.plan(lead_ids=leads, template=step.template, at=now, now=now, step=step)
    return outcomes | _on(step, ready, now)


def opening_for(row: Enrolment, at: datetime) -> datetime:
    """The first instant from `at` on at which the programme may mail this lead."""
    programme = row.programme
    return hours.opening(
        at,
        zone=zone_of(row.lead),
        from_hour=programme.from_hour,
        to_hour=programme.to_hour,
        on_weekdays=programme.on_weekdays,
    )


def zone_of(lead: Lead) -> ZoneInfo:
    """The lead's own zone, by a custom field, by country, or that of the workspace."""
    named = lead.custom.get("time_zone") if isinstance(lead.custom, dict) else None
    return hours.zone_of(
        named=named, country=fold(lead.country), default=django_settings.TIME_ZONE
    )


def _wait(step: Step, rows: Sequence[Enrolment], now: datetime) -> Outcomes:
    return _on(step, rows, now + timedelta(days=step.days or 0))


def _until(step: Step, rows: Sequence[Enrolment], now: datetime) -> Outcomes:
    return {row.pk: _next(step, wakes_at(step, row.lead, now)) for row in rows}


def wakes_at(step: Step, lead: Lead, now: datetime) -> datetime:
    """When a step that waits for a weekday and hour is over."""
    zone = zone_of(lead)
    return hours.next_weekday(now, zone=zone, weekday=step.weekday, hour=step.hour or 0)


def _branch(step: Step, rows: Sequence[Enrolment], now: datetime) -> Outcomes:
    holds = whoever_holds(step, [row.lead_id for row in rows])
    going_on = [row for row in rows if row.lead_id in holds]
    outcomes = _on(step, going_on, now)
    for row in rows:
        if row.lead_id in holds:
            continue
        if step.otherwise_id is None:
            outcomes[row.pk] = _end(step, Left.BRANCH, StepOutcome.OTHERWISE)
        else:
            outcomes[row.pk] = Outcome(step.otherwise_id, now, StepOutcome.OTHERWISE)
    return outcomes


def whoever_holds(step: Step, lead_ids: Sequence[int]) -> set[int]:
    """Those of the leads for whom the conditions of a branch hold."""
    leads = Lead.objects.filter(pk__in=lead_ids)
    found = leads.filter(conditions.compile_q(step.conditions, SUBJECT))
    return set(found.values_list("pk", flat=True))


def _tag(step: Step, rows: Sequence[Enrolment], now: datetime) -> Outcomes:
    tag, _made = Tag.objects.get_or_create(name=step.words[:50])
    tagging = Lead.tags.through
    tagging.objects.bulk_create(
        [tagging(lead_id=row.lead_id, tag_id=tag.pk) for row in rows],
        ignore_conflicts=True,
    )
    activities.mark_stale(lead_ids=sorted(row.lead_id for row in rows))
    return _on(step, rows, now)


def _task(step: Step, rows: Sequence[Enrolment], now: datetime) -> Outcomes:
    """A task for the owner, by the room that `settings.OWNER_TASKS` names."""
    import_string(django_settings.OWNER_TASKS)(
        lead_ids=[row.lead_id for row in rows],
        title=step.words,
        due_at=now + timedelta(days=step.days or 1),
        now=now,
    )
    return _on(step, rows, now)


def _notify(step: Step, rows: Sequence[Enrolment], now: datetime) -> Outcomes:
    lead_ids = [row.lead_id for row in rows]
    standings = Standing.objects.filter(pk__in=lead_ids)
    owners = dict(standings.values_list("pk", "owner"))
    news = [
        News(
            person_id=person_id,
            kind=NotificationKind.PROGRAMME,
            event=f"programme step {step.pk} of {row.pk}",
            title=f"{row.lead}: {step.words}",
            lines=(row.programme.name,),
            path=f"/leads/{row.lead_id}/",
            lead_id=row.lead_id,
        )
        for row in rows
        if (person_id := owners.get(row.lead_id) or row.programme.created_by_id)
    ]
    notifications.notify(news=news, now=now)
    return _on(step, rows, now)


def _hand_over(step: Step, rows: Sequence[Enrolment], now: datetime) -> Outcomes:
    programme = rows[0].programme
    reason = _("Programme “{name}”").format(name=programme.name)
    standings = Standing.objects.filter(pk__in=[row.lead_id for row in rows])
    actor = programme.created_by
    moves = [
        Move(pk, Stage.SQL, Cause.PERSON, now, actor, reason, score)
        for pk, score in scores_of(standings=standings, now=now).items()
    ]
    lifecycle.move_many(wanted=moves, now=now)
    return {row.pk: _end(step, Left.HANDED_OVER, StepOutcome.DONE) for row in rows}


def _on(step: Step, rows: Iterable[Enrolment], at: datetime) -> Outcomes:
    outcome = _next(step, at)
    return {row.pk: outcome for row in rows}


def _next(step: Step, at: datetime, done: StepOutcome = StepOutcome.DONE) -> Outcome:
    following = after(step)
    if following is None:
        return _end(step, Left.FINISHED, done)
    return Outcome(following.pk, at, done)


def after(step: Step) -> Step | None:
    """The step that comes next; None after the last."""
    later = Step.objects.filter(programme=step.programme_id, position__gt=step.position)
    return later.order_by("position", "pk").first()


def _later(step: Step, at: datetime, waits_for: str) -> Outcome:
    return Outcome(step.pk, at, done=None, waits_for=waits_for)


def _end(step: Step | None, why: Left, done: StepOutcome | None) -> Outcome:
    return Outcome(step.pk if step else None, None, done, ended_why=why)


DEEDS: dict[StepKind, Deed] = {
    StepKind.MAIL: _mail,
    StepKind.WAIT: _wait,
    StepKind.UNTIL: _until,
    StepKind.BRANCH: _branch,
    StepKind.TAG: _tag,
    StepKind.TASK: _task,
    StepKind.NOTIFY: _notify,
    StepKind.HAND_OVER: _hand_over,
}
