from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache

from handoff.choices import HandoffStatus, ReasonCategory
from leads.choices import ActivityKind, Stage
from leads.models import StageChange
from reports import cohorts, entries, funnel, health
from reports.answers import Cell, NoSuchNumberError
from reports.bands import band_of, letter_of
from reports.cohorts import By
from reports.estimates import Estimate
from reports.health import Question
from reports.keys import EMPTY_KEY
from reports.labels import row_label
from reports.periods import Period
from scoring import sampling
from tests.handoff.factories import DealFactory, HandoffFactory, ReasonFactory
from tests.leads.factories import NOON, LeadFactory
from tests.reports.factories import day, mql, travel
from tests.reports.test_follow_up import touch
from tests.scoring.factories import ActivityFactory

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
LATER = datetime(2026, 7, 1, tzinfo=UTC)


def scored(lead, score, *, grade=10, version=1):
    changes = StageChange.objects.filter(lead=lead)
    changes.update(engagement=score, grade=grade, model_version=version)
    return lead


def handed(score, status=HandoffStatus.ACCEPTED, *, category=None, **options):
    lead = scored(LeadFactory(stage=Stage.SQL), score, **options)
    fields = {"reason": ReasonFactory(category=category)} if category else {}
    return HandoffFactory(lead=lead, status=status, decided_at=NOON, **fields)


def ask():
    return health.answer(question=Question(MARCH), now=LATER)


def test_hand_offs_are_banded_by_the_score_of_their_day():
    handoff = handed(45)
    handed(45, HandoffStatus.REJECTED, category=ReasonCategory.FIT)
    handed(45, HandoffStatus.REJECTED, category=ReasonCategory.ROUTING)
    handed(120)
    DealFactory(lead=handoff.lead, handoff=handoff, won_at=day(2))
    handoff.lead.standing.ceiling = 999
    handoff.lead.standing.save()
    # What the model says of the same lead later judges no hand-off of before.
    travel(handoff.lead, (Stage.MQL, 3), (Stage.SQL, 4))
    later = StageChange.objects.filter(lead=handoff.lead, at=day(4))
    assert later.update(engagement=120, model_version=9)

    section = ask().section("bands")

    rows = {row.key: row.values for row in section.rows}
    assert list(rows) == ["40–59", "100+"]
    # The misrouted one says nothing of the lead, but was routed.
    assert (rows["40–59"]["routed"], rows["40–59"]["rejected"]) == (3, 1)
    assert rows["40–59"]["acceptance"].n == 2
    assert rows["40–59"]["won"] == 1
    assert section.total.values["routed"] == sum(row["routed"] for row in rows.values())


def test_each_number_opens_as_many_hand_offs():
    handed(45)
    handed(10, HandoffStatus.REJECTED, category=ReasonCategory.FIT)
    question = Question(MARCH)

    for section in ask().sections[:3]:
        for row in section.rows:
            for column in section.columns:
                value = row.values[column.name]
                if column.opens and value:
                    cell = Cell(section.name, column.name, row.key)
                    found = health.records(question=question, cell=cell, now=LATER)
                    of = value.n if isinstance(value, Estimate) else value
                    assert len(found.rows) == of, cell


def test_calibration_counts_the_steps_on_which_acceptance_rises():
    for _ in range(20):
        handed(10, HandoffStatus.REJECTED, category=ReasonCategory.FIT)
        handed(30)

    figures = {figure.name: figure.value for figure in ask().figures}

    assert figures["calibration"] == "1 of 1 steps"


def test_a_rule_that_never_fires_is_named(workspace):
    lead = LeadFactory()
    ActivityFactory(lead=lead, kind=ActivityKind.CHAT, occurred_at=LATER)

    answer = ask()

    rows = {row.label: row.values for row in answer.section("rules").rows}
    fired = {name: row["fired"] for name, row in rows.items() if row["fired"]}
    figures = {figure.name: figure.value for figure in answer.figures}
    assert fired == {"Chat": 1}
    assert rows["Trial started"]["verdict"] == "Never fires"
    assert figures["silent"] == len(rows) - 1


def test_the_leads_of_a_rule_open_with_how_often_it_fired(workspace):
    often, once = LeadFactory.create_batch(2)
    for lead, times in ((once, 1), (often, 3)):
        for number in range(times):
            at = LATER - timedelta(days=10 * number)
            ActivityFactory(lead=lead, kind=ActivityKind.CHAT, occurred_at=at)
    ActivityFactory(lead=once, kind=ActivityKind.TRIAL_STARTED, occurred_at=LATER)
    chat = next(row for row in ask().section("rules").rows if row.label == "Chat")
    cell = Cell("rules", "leads", chat.key)

    found = health.records(question=Question(MARCH), cell=cell, now=LATER)

    told = [(record.lead_id, *record.cells) for record in found.rows]
    assert told == [(often.pk, 3), (once.pk, 1)]
    assert (chat.values["leads"], chat.values["fired"]) == (2, 4)
    assert row_label(cell=cell, by="") == "Chat"


@pytest.mark.parametrize(
    "cell",
    [
        Cell("rules", "leads"),
        Cell("rules", "leads", "0"),
        Cell("rules", "leads", "x"),
        Cell("rules", "fired", "1"),
    ],
)
def test_what_is_no_rule_opens_nothing(workspace, cell):
    with pytest.raises(NoSuchNumberError):
        health.records(question=Question(MARCH), cell=cell, now=LATER)


@pytest.mark.parametrize(("most_leads", "seen"), [(1, [0, 0, 1]), (10, [0, 1, 1])])
def test_only_a_sample_of_leads_is_counted_once_an_hour(
    workspace, monkeypatch, most_leads, seen
):
    cache.clear()
    monkeypatch.setattr(sampling, "MOST_LEADS", most_leads)
    leads = LeadFactory.create_batch(2)

    def fired(now):
        answer = health.answer(question=Question(MARCH), now=now)
        return sum(row.values["fired"] for row in answer.section("rules").rows)

    told = [fired(LATER)]
    sampled = next(lead for lead in leads if lead.pk % 2 == 0)
    ActivityFactory(lead=sampled, kind=ActivityKind.CHAT, occurred_at=LATER)
    told += [fired(LATER), fired(LATER + timedelta(hours=1))]

    assert told == seen
    cache.clear()


def test_bands_and_letters_cut_as_they_say():
    assert [band_of(score) for score in (None, -3, 0, 19.9, 20, 99, 100, 500)] == [
        "none", "0–19", "0–19", "0–19", "20–39", "80–99", "100+", "100+",
    ]  # fmt: skip
    assert [letter_of(grade) for grade in (None, 0, 1, 3, 4, 12)] == [
        "none", "F", "D", "D", "C", "A",
    ]  # fmt: skip


# --- The funnel by what was measured at the entry ------------------------------------


def ask_funnel(**options):
    question = cohorts.Question(cohort=Stage.MQL, period=MARCH, **options)
    return funnel.funnel(question=question, now=LATER)


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        (By.GRADE, {"A": 1, "D": 1, "none": 1}),
        (By.BAND, {"40–59": 1, "100+": 1, "none": 1}),
        (By.VERSION, {"v1": 1, "v2": 1, "none": 1}),
    ],
)
def test_the_funnel_goes_by_what_the_model_of_that_day_said(by, keys):
    scored(mql(), 40, grade=12, version=1)
    scored(mql(), 100, grade=2, version=2)
    mql()

    report = ask_funnel(by=by)

    assert {row.key: row.entered for row in report.rows} == keys
    for key, count in keys.items():
        assert len(entries.Entries(entries.Cell(report.question, key=key))) == count


def test_the_funnel_goes_by_the_first_rep_of_the_cycle():
    first = HandoffFactory(lead=mql((Stage.SQL, 1)))
    HandoffFactory(
        lead=first.lead, routed_at=day(3), status="withdrawn", decided_at=NOON
    )
    mql()

    report = ask_funnel(by=By.REP)

    assert {row.key: row.entered for row in report.rows} == {
        first.rep.email: 1,
        "none": 1,
    }


def test_each_person_can_be_counted_once():
    mql((Stage.SQL, 1), (Stage.RECYCLED, 2), (Stage.MQL, 9))

    assert ask_funnel().total.entered == 2
    assert ask_funnel(first_only=True).total.entered == 1
    assert ask_funnel(first_only=True).total.reached[Stage.SQL] == 1


def test_a_mail_opened_counts_for_no_step_of_a_funnel():
    touch(mql(), day(1), actor=None, kind=ActivityKind.EMAIL_OPENED)

    assert ask_funnel().total.reached[Stage.SQL] == 0


def test_the_sentence_compares_scores_and_not_those_without_one():
    for _ in range(20):
        handed(45)
        handed(90, HandoffStatus.REJECTED, category=ReasonCategory.FIT)
        HandoffFactory(status=HandoffStatus.ACCEPTED, decided_at=NOON)

    found = ask()

    assert found.section("bands").rows[-1].key == EMPTY_KEY
    (told,) = found.sentences
    assert told.endswith(
        "score of 40–59, 100.0 % were accepted; of those with 80–99, 0.0 %."
    )


def test_a_map_without_any_share_is_not_drawn():
    handed(45)

    heat = ask().section("heat")

    assert len(heat.rows) == 1
    assert heat.chart is None
