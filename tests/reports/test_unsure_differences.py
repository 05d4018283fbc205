"""A difference is sure only where it is more than chance, and not of less time."""

from datetime import timedelta

import pytest

from handoff.choices import ClockKind, ClockOutcome, HandoffStatus
from handoff.models import Clock, Handoff
from leads.choices import ActivityKind, Role, Stage
from leads.models import Activity
from reports import comparing, tiles
from reports.answers import NOT_REACHED, Answer, Column, Figure, Kind, Row, Section
from reports.catalogue import REPORTS
from reports.estimates import wilson
from tests.handoff.factories import DealFactory, HandoffFactory, ReasonFactory
from tests.leads.factories import LeadFactory, RepFactory, UserFactory
from tests.reports.factories import day, mql

pytestmark = pytest.mark.django_db

COMPARED = {"from": "2026-04-01", "to": "2026-05-01", "compare": "before"}
MINUS = "\N{MINUS SIGN}"


def tile(key, *, now):
    """Row → column → the difference as it stands, and whether it is sure."""
    (drawn,) = tiles.draw([key], query=COMPARED, reader=None, now=now)
    section = drawn["section"]
    return {
        row["label"]: {
            label: (found["text"], found["is_sure"])
            for label, _text, found, _address in row["cells"]
            if found
        }
        for row in [*section["rows"], *section["total"]]
    }


def figures_of(key, *, now):
    (drawn,) = tiles.draw([key], query=COMPARED, reader=None, now=now)
    return {
        each["label"]: (each["difference"]["text"], each["difference"]["is_sure"])
        for each in drawn["figures"]
        if each["difference"]
    }


def test_who_had_less_time_for_a_stage_has_not_fallen_behind_for_sure():
    for _number in range(20):
        mql((Stage.SQL, 36))
    for _number in range(60):
        mql(since=37)

    young, old = (tile("funnel:stages", now=day(days)) for days in (60, 300))

    assert young["MQL"]["Leads"] == ("+40", True)
    assert young["SQL"]["Leads"] == (f"{MINUS}20", False)
    assert old["SQL"]["Leads"] == (f"{MINUS}20", True)
    assert old["SQL"]["Of all who entered"][1]


def test_without_a_window_a_conversion_that_had_less_time_is_not_sure(client):
    for _number in range(40):
        mql((Stage.SQL, 36))
        mql(since=37)
    client.force_login(UserFactory(role=Role.MANAGER))

    for window, is_sure in (("none", False), ("90", True)):
        query = {**COMPARED, "window": window}
        context = client.get(REPORTS["funnel"].address, query).context
        for row in (context["total"], *context["rows"]):
            told = row.reached[0].difference
            assert (told.text, told.is_sure) == (f"{MINUS}100.0 pp", is_sure)


def handoffs(*, count, at, status):
    rep = RepFactory()
    for _number in range(count):
        is_open = status == HandoffStatus.PENDING
        HandoffFactory(
            rep=rep,
            status=status,
            routed_at=day(at),
            assigned_at=day(at),
            due_at=day(at) + timedelta(days=10),
            decided_at=None if is_open else day(at),
            decided_by=None if is_open else rep.user,
            reason=ReasonFactory() if status == HandoffStatus.REJECTED else None,
        )


def test_hand_offs_that_are_still_open_are_no_loss_of_acceptance():
    handoffs(count=40, at=25, status=HandoffStatus.ACCEPTED)
    handoffs(count=40, at=35, status=HandoffStatus.PENDING)

    told = tile("acceptance:outcomes", now=day(36))

    assert told["Accepted"]["Hand-offs"] == (f"{MINUS}40", False)
    assert told["Waiting"] == {}


def test_silence_and_misroutes_come_later_than_hand_offs():
    handoffs(count=40, at=25, status=HandoffStatus.EXPIRED)
    handoffs(count=40, at=35, status=HandoffStatus.PENDING)

    told = figures_of("acceptance:figures", now=day(36))

    assert told["Silent rate"] == (f"{MINUS}100.0 pp", False)


def called(handoff, *, at):
    Activity.objects.create(
        lead=handoff.lead,
        actor=handoff.rep,
        kind=ActivityKind.CALL,
        occurred_at=at,
        source_system="test",
        external_id=str(handoff.pk),
    )


def test_waits_that_go_on_are_no_fewer_follow_ups():
    handoffs(count=40, at=25, status=HandoffStatus.ACCEPTED)
    for handoff in Handoff.objects.select_related("rep"):
        called(handoff, at=day(26))
    handoffs(count=40, at=35, status=HandoffStatus.PENDING)

    total = tile("follow-up:response", now=day(36))["Total"]

    assert total["Contacted"] == (f"{MINUS}40", False)
    assert total["Not contacted"] == ("+40", False)


def test_the_speed_of_deals_has_no_cohort_of_the_same_length_before():
    for days in range(60):
        DealFactory(opened_at=day(days), won_at=day(days + 1))
        mql((Stage.SQL, days + 1), since=days)

    told = tile("velocity:deals", now=day(130))

    assert told["All"] == {}


def answer(*figures):
    return Answer([Figure(*each) for each in figures], [])


@pytest.mark.parametrize(
    ("report", "figure", "was", "n"),
    [
        ("velocity", ("lead_velocity", "Lead velocity", Kind.SHARE), (0.5, 0.1), None),
        ("velocity", ("slowest", "Longest stay", Kind.TIME), (9_000, 60), 400),
        ("revenue", ("sourced", "Sourced", Kind.MONEY), (9_000, 60), 400),
        ("throughput", ("sql_per_mql", "Ratio", Kind.NUMBER), (0.9, 0.1), 400),
        (
            "sources",
            ("sql_share", "SQL of leads", Kind.SHARE),
            (wilson(hits=10, n=100), wilson(hits=90, n=100)),
            100,
        ),
    ],
)
def test_what_nothing_tells_from_chance_is_never_sure(report, figure, was, n):
    now, then = (answer((*figure, value, n)) for value in was)

    told = comparing.figures(now, then, report=report)[figure[0]]

    assert told.change
    assert not told.is_sure


def test_a_share_with_its_interval_and_a_count_can_be_sure_on_top_too():
    figures = [
        ("acceptance", "Acceptance", Kind.SHARE, wilson(hits=90, n=100), 100),
        ("leads", "Leads", Kind.COUNT, 400, None),
    ]
    before = [
        ("acceptance", "Acceptance", Kind.SHARE, wilson(hits=10, n=100), 100),
        ("leads", "Leads", Kind.COUNT, 100, None),
    ]

    told = comparing.figures(answer(*figures), answer(*before), report="health")

    assert {name: each.is_sure for name, each in told.items()} == {
        "acceptance": True,
        "leads": True,
    }


def test_rules_of_the_last_90_days_have_no_period_before():
    same = answer(
        ("silent", "Rules that never fire", Kind.COUNT, 4, 9),
        ("negative", "Negative lift", Kind.COUNT, 1, 9),
    )

    assert comparing.figures(same, same, report="health") == {}


def test_times_and_money_of_many_are_not_sure_in_tables_either():
    columns = (
        Column("deals", "Deals"),
        Column("median", "Median", Kind.TIME),
        Column("amount", "Amount", Kind.MONEY),
    )

    def table(*values):
        names = [each.name for each in columns]
        rows = [Row("a", "a", dict(zip(names, values, strict=True)))]
        return Section("mql_to_won", "Table", "Key", columns, rows)

    compared = comparing.beside(
        [table(900, 9_000, 9_000)], [table(500, 60, 60)], report="sources"
    )["mql_to_won"]

    assert {
        name: each.is_sure for (_key, name), each in compared.differences.items()
    } == {
        "deals": True,
        "median": False,
        "amount": False,
    }


def test_a_reader_is_told_what_grey_means(client):
    LeadFactory()
    client.force_login(UserFactory(role=Role.MANAGER))

    text = client.get(REPORTS["sources"].address, COMPARED).text

    assert "Grey: do not rely on it." in text
    assert "times, averages and money" in text


@pytest.mark.parametrize(
    ("now", "was", "is_sure"),
    [
        # 40 of 40 whose time is over, 40 of 80 before: whoever waits may miss it.
        (wilson(hits=40, n=40), wilson(hits=40, n=80), True),
        (wilson(hits=40, n=40, undecided=10), wilson(hits=40, n=80), True),
        (wilson(hits=40, n=40, undecided=40), wilson(hits=40, n=80), False),
        # And whoever waits may yet keep it.
        (wilson(hits=0, n=40, undecided=10), wilson(hits=40, n=80), True),
        (wilson(hits=0, n=40, undecided=40), wilson(hits=40, n=80), False),
        (wilson(hits=40, n=40), wilson(hits=40, n=80, undecided=800), False),
    ],
)
def test_a_share_differs_surely_only_whatever_becomes_of_the_undecided(
    now, was, is_sure
):
    assert comparing.shares(now, was).is_sure == is_sure


def test_waits_that_had_no_time_to_reach_the_target_are_not_faster_for_sure():
    handoffs(count=60, at=25, status=HandoffStatus.ACCEPTED)
    late = Handoff.objects.order_by("pk")
    for handoff in late[:20]:
        called(handoff, at=handoff.routed_at + timedelta(hours=1))
    handoffs(count=60, at=35, status=HandoffStatus.PENDING)
    for handoff in late[60:80]:
        called(handoff, at=handoff.routed_at + timedelta(hours=1))

    young, old = (
        tile("follow-up:response", now=day(35) + timedelta(hours=hours))["Total"]
        for hours in (2, 24 * 7)
    )

    assert young["Within target"] == ("+66.7 pp", False)
    assert old["Within target"] == ("±0.0 pp", False)


def test_promises_that_are_not_due_yet_are_not_kept_for_sure():
    handoffs(count=60, at=25, status=HandoffStatus.ACCEPTED)
    handoffs(count=80, at=35, status=HandoffStatus.ACCEPTED)
    outcomes = [*[ClockOutcome.MET] * 25, *[ClockOutcome.MISSED] * 35]
    outcomes += [*[ClockOutcome.MET] * 40, *[ClockOutcome.RUNNING] * 40]
    for handoff, outcome in zip(Handoff.objects.order_by("pk"), outcomes, strict=True):
        due_at = handoff.routed_at + timedelta(hours=8)
        is_running = outcome == ClockOutcome.RUNNING
        Clock.objects.create(
            handoff=handoff,
            kind=ClockKind.DECISION,
            priority="normal",
            outcome=outcome,
            started_at=handoff.routed_at,
            stopped_at=None if is_running else due_at,
            missed_at=due_at if outcome == ClockOutcome.MISSED else None,
            **dict.fromkeys(("warn_at", "due_at", "escalate_at"), due_at),
            **dict.fromkeys(
                ("warn_seconds", "target_seconds", "escalate_seconds"), 8 * 3600
            ),
        )

    young = tile("follow-up:decision", now=day(35) + timedelta(hours=1))["Total"]

    assert young["Share met"] == ("+58.3 pp", False)
    assert young["Met"] == ("+15", False)


def test_hand_offs_that_wait_may_still_be_rejected():
    handoffs(count=20, at=25, status=HandoffStatus.ACCEPTED)
    handoffs(count=20, at=25, status=HandoffStatus.REJECTED)
    handoffs(count=20, at=35, status=HandoffStatus.ACCEPTED)
    handoffs(count=60, at=35, status=HandoffStatus.PENDING)

    told = figures_of("acceptance:figures", now=day(36))

    assert told["Acceptance (decided)"] == ("+50.0 pp", False)


def test_a_time_that_neither_period_reached_did_not_change():
    now, was = (answer(("within", "Median", Kind.TIME, NOT_REACHED)) for _ in "ab")

    assert comparing.figures(now, was, report="follow-up") == {}


def test_a_figure_of_another_month_names_that_month():
    rate = wilson(hits=50, n=100)
    now, was = (
        Answer(
            [Figure("acceptance", "Acceptance", Kind.SHARE, rate, 100, "", note)], []
        )
        for note in ("Nov 2026", "Aug 2026")
    )

    told = comparing.figures(now, was, report="agreement")["acceptance"]

    assert told.before == "50.0 % in Aug 2026, of the period before"
