from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil, inf

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.choices import Blame, ClockKind, ClockOutcome, HandoffStatus
from handoff.models import Clock, Handoff
from handoff.sla import calendars
from handoff.sla.calendars import Plan
from leads.choices import ActivityKind, Cause, Role, Stage
from leads.lifecycle import Move, move
from leads.models import Activity
from reports import follow_up
from reports.answers import Cell
from reports.estimates import waiting_times
from reports.follow_up import Question
from reports.periods import Period
from reports.splits import Split
from reports.waits import Waits
from tests.handoff.factories import HandoffFactory, ReasonFactory
from tests.leads.factories import NOON, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
LATER = datetime(2026, 3, 20, 12, tzinfo=UTC)


def hours(count):
    return timedelta(hours=count)


def touch(lead, at, *, actor, kind=ActivityKind.CALL, **fields):
    return Activity.objects.create(
        lead=lead,
        kind=kind,
        occurred_at=at,
        actor=actor,
        source_system="test",
        external_id=f"{lead.pk}-{at.isoformat()}-{kind}-{Activity.objects.count()}",
        **fields,
    )


def handed(*, rep=None, qualified=0, routed=1, **fields):
    """A hand-off of a lead that qualified and was routed so many hours after noon."""
    rep = rep or RepFactory()
    lead = LeadFactory(stage=Stage.MQL, stage_at=NOON - hours(1), source="web")
    wanted = Move(lead.pk, Stage.SQL, Cause.SCORE, NOON + hours(qualified))
    assert move(wanted=wanted, now=wanted.at)
    at = NOON + hours(routed)
    return HandoffFactory(lead=lead, rep=rep, routed_at=at, assigned_at=at, **fields)


def ask(*, now=LATER, by=Split.NONE, **options):
    question = Question(period=MARCH, by=by, **options)
    return follow_up.answer(question=question, now=now)


def total(name, **options):
    return ask(**options).section(name).total.values


def test_a_lead_nobody_contacted_is_watched_and_not_dropped():
    for number in range(3):
        handed()
        if number == 0:
            last = Handoff.objects.latest("pk")
            touch(last.lead, last.routed_at + hours(1), actor=last.rep)

    values = total("response")

    assert (values["n"], values["over"], values["open"]) == (3, 1, 2)
    assert (values["median"], values["p90"]) == (inf, inf)


def test_who_was_closed_without_a_contact_is_not_said_to_be_waiting():
    handed()
    handed(
        status=HandoffStatus.REJECTED,
        decided_at=NOON + hours(2),
        reason=ReasonFactory(),
    )

    answer = ask()

    said = "Of 2 hand-offs to a rep 0 were followed up; 2 were not contacted, whether"
    assert answer.sentences[0].startswith(f"{said} they still wait or were closed")
    labels = {
        name: [str(each.label) for each in answer.section(name).columns[1:3]]
        for name in ("response", "latency")
    }
    assert labels == {
        "response": ["Contacted", "Not contacted"],
        "latency": ["Given to a rep", "Without a rep"],
    }


def test_the_bars_of_waits_are_called_medians():
    handoff = handed()
    touch(handoff.lead, handoff.routed_at + hours(1), actor=handoff.rep)

    chart = ask().section("response").chart

    assert chart["title"] == "Median rep response, in working time"


@pytest.mark.parametrize(
    "case",
    ["machine", "marketer", "before the routing", "mail that was opened", "nobody"],
)
def test_what_is_no_contact_of_sales_ends_no_wait(case):
    handoff = handed()
    at, actor = handoff.routed_at + hours(1), handoff.rep
    if case == "machine":
        touch(handoff.lead, at, actor=actor, is_machine=True)
    if case == "marketer":
        touch(handoff.lead, at, actor=UserFactory(role=Role.MARKETER))
    if case == "before the routing":
        touch(handoff.lead, NOON, actor=actor)
    if case == "mail that was opened":
        touch(handoff.lead, at, actor=actor, kind=ActivityKind.EMAIL_OPENED)
    if case == "nobody":
        touch(handoff.lead, at, actor=None, kind=ActivityKind.EMAIL_SENT)

    assert total("response")["over"] == 0
    assert total("prospect")["over"] == 0


def test_the_rep_is_measured_in_working_time_and_from_the_assignment():
    rep = RepFactory()
    shifts = [[(540, 1020)]] * 5 + [[], []]
    calendars.save(
        calendar=None,
        plan=Plan("Office", "Europe/Berlin", "", "", shifts, [], [rep]),
    )
    # Monday noon in UTC is one in Berlin: routed at two, contacted on Tuesday at ten.
    handoff = handed(rep=rep)
    touch(handoff.lead, NOON + hours(21), actor=rep.user)

    assert total("response")["median"] == 4 * 3600
    assert total("prospect")["median"] == 21 * 3600
    assert total("latency")["median"] == 3600


def test_a_second_offer_of_the_same_cycle_starts_no_new_wait_of_the_prospect():
    first = handed(status=HandoffStatus.EXPIRED, decided_at=NOON + hours(25))
    HandoffFactory(
        lead=first.lead, routed_at=NOON + hours(30), assigned_at=NOON + hours(30)
    )

    assert total("prospect")["n"] == 1
    assert total("response")["n"] == 2


def test_an_imported_entry_has_no_true_time():
    HandoffFactory()

    assert total("prospect")["n"] == 0
    assert total("response")["n"] == 1


def test_the_share_within_the_target_leaves_out_who_still_has_time():
    for number in range(30):
        handoff = handed()
        if number < 15:
            touch(handoff.lead, handoff.routed_at + hours(1), actor=handoff.rep)

    early = total("response", now=NOON + hours(3), target_seconds=4 * 3600)["within"]
    late = total("response", target_seconds=4 * 3600)["within"]

    assert (early.n, early.share) == (15, 1.0)
    assert (late.n, late.share) == (30, 0.5)


def clock(handoff, *, kind=ClockKind.DECISION, outcome=ClockOutcome.RUNNING, **fields):
    times = {
        name: NOON + hours(4)
        for name in ("warn_at", "due_at", "escalate_at")
        if name not in fields
    }
    numbers = dict.fromkeys(
        ("warn_seconds", "target_seconds", "escalate_seconds"), 3600
    )
    stopped = None if outcome == ClockOutcome.RUNNING else NOON + hours(5)
    return Clock.objects.create(
        handoff=handoff,
        kind=kind,
        priority="normal",
        started_at=NOON,
        outcome=outcome,
        stopped_at=stopped,
        **numbers,
        **times,
        **fields,
    )


def test_promises_are_met_missed_past_due_or_not_counted():
    clock(handed(), outcome=ClockOutcome.MET)
    clock(handed(), outcome=ClockOutcome.MISSED, missed_at=NOON, blame=Blame.UNASSIGNED)
    clock(handed(), outcome=ClockOutcome.CANCELLED)
    clock(handed())
    clock(handed(), paused_at=NOON)

    answer = ask()

    values = answer.section("decision").total.values
    assert values["attainment"].n == values["due"] == values["met"] + values["missed"]
    assert (values["met"], values["missed"], values["overdue"]) == (1, 2, 1)
    assert (values["ahead"], values["cancelled"]) == (1, 1)
    causes = {row.key: row.values["all"] for row in answer.section("causes").rows}
    assert causes == {"rep": 1, "unassigned": 1, "no_capacity": 0}


def test_every_number_opens_as_many_records():
    for number in range(4):
        handoff = handed()
        clock(handoff, outcome=ClockOutcome.MET if number else ClockOutcome.RUNNING)
        if number % 2:
            touch(handoff.lead, handoff.routed_at + hours(1), actor=handoff.rep)
    question = Question(period=MARCH, by=Split.REP)

    answer = follow_up.answer(question=question, now=LATER)

    for section in answer.sections:
        for row in [*section.rows, section.total]:
            for column in section.columns:
                if column.opens and row.values[column.name]:
                    cell = Cell(section.name, column.name, row.key)
                    found = follow_up.records(question=question, cell=cell, now=LATER)
                    assert len(found.rows) == row.values[column.name], cell


def test_a_fixed_number_of_queries_answers(django_assert_max_num_queries):
    for _ in range(3):
        clock(handed())

    with django_assert_max_num_queries(9):
        ask(by=Split.TEAM)


def slow_response_times(now):
    """The waits of reps, recounted one hand-off at a time."""
    for handoff in Handoff.objects.filter(rep__isnull=False):
        touches = [
            activity.occurred_at
            for activity in Activity.objects.filter(lead=handoff.lead)
            if activity.actor is not None
            and activity.actor.groups.filter(name="rep").exists()
            and not activity.is_machine
            and activity.kind in ("call", "email_sent", "meeting")
            and handoff.routed_at < activity.occurred_at <= now
        ]
        is_closed = handoff.status in ("rejected", "expired", "withdrawn")
        last = handoff.decided_at if is_closed else now
        first = min(touches, default=None)
        is_over = first is not None and first <= last
        end = first if is_over else last
        yield (end - handoff.assigned_at).total_seconds(), is_over


histories = st.lists(
    st.tuples(
        st.integers(0, 300),
        st.none() | st.integers(-5, 300),
        st.sampled_from(["pending", "accepted", "rejected", "expired"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@given(histories)
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_report_equals_a_slow_recount(db, history):
    Handoff.objects.all().delete()
    rep, reason = RepFactory(), ReasonFactory()
    for routed, touched, status, is_machine in history:
        extra = {} if status == "pending" else {"decided_at": NOON + hours(routed + 20)}
        if status == "accepted":
            extra["decided_by"] = rep.user
        if status == "rejected":
            extra["reason"] = reason
        handoff = handed(rep=rep, routed=routed, status=status, **extra)
        if touched is not None:
            at = handoff.routed_at + hours(touched)
            touch(handoff.lead, at, actor=rep.user, is_machine=is_machine)
    expected = list(slow_response_times(LATER))

    values = total("response")

    assert values["n"] == len(expected)
    assert values["over"] == sum(is_over for _, is_over in expected)
    assert values["median"] == Waits.of(expected).values(3600)["median"]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_without_anything_open_the_times_are_order_statistics(times):
    found = waiting_times(ended=sorted(times), censored=[])

    ordered = sorted(times)
    assert found == [
        ordered[ceil(round(share * len(times), 6)) - 1] for share in (0.5, 0.75, 0.9)
    ]


@given(
    st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=60),
)
def test_with_some_open_the_times_are_those_of_an_exact_step_by_step_estimate(waits):
    ended = sorted(time for time, is_over in waits if is_over)
    censored = sorted(time for time, is_over in waits if not is_over)
    wanted = [inf] * 3
    remaining = Fraction(1)
    for time in sorted(set(ended)):
        at_risk = sum(other >= time for other in ended + censored)
        remaining *= Fraction(at_risk - ended.count(time), at_risk)
        for place, left in enumerate([Fraction(1, 2), Fraction(1, 4), Fraction(1, 10)]):
            if remaining <= left:
                wanted[place] = min(wanted[place], time)

    assert waiting_times(ended=ended, censored=censored) == wanted


def test_without_anybody_in_sales_nothing_was_followed_up():
    HandoffFactory(rep=None, routed_at=NOON)

    answer = ask()

    assert answer.section("prospect").total.values["over"] == 0
    assert answer.sentences[0] == "No hand-off of the period went to a rep."
