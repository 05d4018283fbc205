"""Reports about stages and hand-offs beside their slow recount."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from leads.choices import PATH, Stage
from reports import (
    acceptance,
    acceptance_parts,
    agreement,
    flows,
    follow_up,
    funnel,
    health,
    throughput,
)
from reports.bands import band_of, letter_of
from reports.cohorts import By, Question
from reports.periods import Period
from reports.splits import Split
from tests.reports.slow import Rows, middle, month, survival_median

# The clock goes forward on the 29th of March; months are those of Berlin.
PERIOD = Period(date(2026, 3, 10), date(2026, 5, 1))
WINDOW = 14


def by_key(section):
    return {row.key: row.values for row in section.rows}


def check_funnel(rows):
    for first_only in (False, True):
        for cohort in (Stage.NEW, Stage.MQL, Stage.SQL):
            question = Question(
                cohort=cohort,
                period=PERIOD,
                window_days=WINDOW,
                by=By.SOURCE,
                first_only=first_only,
            )
            report = funnel.funnel(question=question, now=rows.now)
            wanted = rows.funnel(cohort, WINDOW, first_only=first_only)

            told = {
                row.key: {
                    "entered": row.entered,
                    "matured": row.matured,
                    **{stage.value: count for stage, count in row.reached.items()},
                }
                for row in report.rows
            }
            assert told == {key: dict(counts) for key, counts in wanted.items()}
            for stage, rate in report.total.estimates.items():
                assert 0 <= rate.share <= 1
                if report.total.is_provisional and not first_only:
                    slow = rows.kaplan_meier(cohort, stage, WINDOW)
                    assert rate.share == pytest.approx(slow)
            whole = sum(row.entered for row in report.rows)
            assert report.total.entered == whole


def check_throughput(rows):
    for first_only in (False, True):
        question = throughput.Question(PERIOD, first_only=first_only)
        answer = throughput.answer(question=question, now=rows.now)
        told = by_key(answer.section("ratios"))
        for stage in PATH:
            wanted = len(rows.entries(stage, first_only=first_only))
            assert told[stage]["entered"] == wanted, stage
    stock = Counter(
        each.stage for each in rows.standings if not rows.leads[each.pk].erased_at
    )
    for stage, values in by_key(answer.section("stock")).items():
        assert values["leads"] == stock[stage]


def check_flows(rows):
    answer = flows.answer(question=flows.Question(PERIOD), now=rows.now)
    moves = Counter(
        f"{change.from_stage}>{change.to_stage}"
        for change in rows.changes
        if rows.inside(change.at) and change.from_stage
        if change.from_stage != change.to_stage
    )
    told = by_key(answer.section("flows"))
    assert {key: values["moves"] for key, values in told.items()} == moves

    entered = rows.entries(Stage.MQL)
    for key, values in by_key(answer.section("triangle")).items():
        of_month = [cell for cell, at in entered.items() if month(at) == key]
        assert values["entered"] == len(of_month)
        if values["within_30"] is not None:
            took = [rows.came(cell, Stage.SQL) for cell in of_month]
            pairs = zip(of_month, took, strict=True)
            hits = sum(
                at is not None and at - entered[cell] <= timedelta(days=30)
                for cell, at in pairs
            )
            assert round(values["within_30"].share * len(of_month)) == hits


def check_acceptance(rows):
    for first_only in (False, True):
        question = acceptance.Question(period=PERIOD, first_only=first_only)
        report = acceptance.acceptance(question=question, now=rows.now)
        routed = defaultdict(list)
        for handoff in rows.routed(first_only=first_only):
            routed[rows.source(handoff.lead_id)].append(handoff)
        assert {row.key: row.routed for row in report.rows} == {
            key: len(handoffs) for key, handoffs in routed.items()
        }
        for row in report.rows:
            wanted = rows.acceptance(routed[row.key])
            for outcome, count in row.outcomes.items():
                assert count == wanted[outcome.value], outcome
            for name in ("silent", "matured", "matured_accepted", "opportunities"):
                assert getattr(row, name) == wanted[name], name
            decided = wanted["accepted"] + wanted["rejected"]
            rate = row.accepted_of_decided
            assert (rate.n, round(rate.share * decided)) == (
                decided,
                wanted["accepted"],
            )
        assert report.total.routed == sum(row.routed for row in report.rows)


def check_acceptance_parts(rows):
    question = acceptance.Question(period=PERIOD)
    parts = acceptance_parts.sections(question=question, now=rows.now)
    months, reasons, categories = parts
    for key, values in by_key(months).items():
        of_month = [h for h in rows.routed() if month(h.routed_at) == key]
        wanted = rows.acceptance(of_month)
        decided = wanted["accepted"] + wanted["rejected"]
        assert (values["routed"], values["decided"].n) == (len(of_month), decided)
        assert round(values["decided"].share * decided) == wanted["accepted"]
    rejected = [h for h in rows.routed() if h.status == "rejected"]
    by_reason = Counter(h.reason.key for h in rejected)
    told = by_key(reasons)
    assert {key: values["rejected"] for key, values in told.items()} == by_reason
    report = acceptance.acceptance(question=question, now=rows.now)
    by_category = Counter(h.reason.category for h in rejected)
    assert {each.category: each.count for each in report.rejections} == by_category
    told = by_key(categories)
    assert {key: values["rejected"] for key, values in told.items()} == by_category


def check_follow_up(rows):
    question = follow_up.Question(period=PERIOD, by=Split.NONE)
    answer = follow_up.answer(question=question, now=rows.now)
    for name, waits in rows.waits().items():
        values = answer.section(name).total.values
        told = (values["n"], values["over"], values["median"])
        over = sum(is_over for _, is_over in waits)
        assert told == (len(waits), over, survival_median(waits)), name
        spread = by_key(answer.section("spread"))
        assert spread["open"][name] == len(waits) - over
        ended = [seconds for seconds, is_over in waits if is_over]
        assert spread["1h"][name] == sum(900 < each <= 3_600 for each in ended)
        assert spread["longer"][name] == sum(each > 7 * 86_400 for each in ended)


def check_promises(rows):
    question = follow_up.Question(period=PERIOD, by=Split.NONE)
    answer = follow_up.answer(question=question, now=rows.now)
    missed = 0
    for kind in ("decision", "follow_up"):
        wanted = rows.promises(kind)
        values = answer.section(kind).total.values
        for name in ("due", "met", "missed", "overdue", "ahead", "cancelled"):
            assert values[name] == wanted[name], (kind, name)
        assert values["attainment"].n == wanted["due"]
        missed += wanted["missed"]
    assert answer.section("causes").total.values["all"] == missed


def check_health(rows):
    answer = health.answer(question=health.Question(PERIOD), now=rows.now)
    bands, heat = defaultdict(list), Counter()
    for handoff in rows.routed():
        then = rows.then(handoff)
        band = band_of(then.engagement if then else None)
        bands[band].append(handoff)
        counts = rows.acceptance([handoff])
        letter = letter_of(then.grade if then else None)
        heat[letter, band] += counts["accepted"] + counts["rejected"]
    told = by_key(answer.section("bands"))
    assert set(told) == set(bands)
    for band, handoffs in bands.items():
        counts = rows.acceptance(handoffs)
        for name in ("accepted", "rejected"):
            assert told[band][name] == counts[name]
        won = {d.handoff_id for d in rows.deals if d.won_at}
        assert told[band]["routed"] == len(handoffs)
        assert told[band]["won"] == sum(h.pk in won for h in handoffs)
    cells = {
        (row.key, band): rate.n
        for row in answer.section("heat").rows
        for band, rate in row.values.items()
        if rate.n
    }
    assert cells == {cell: n for cell, n in heat.items() if n and cell[1] != "none"}
    for key, values in by_key(answer.section("months")).items():
        of_month = [h for h in rows.routed() if month(h.routed_at) == key]
        scores = [then.engagement for h in of_month if (then := rows.then(h))]
        known = [score for score in scores if score is not None]
        assert values["routed"] == len(of_month)
        assert values["score"] == middle(known)


def check_agreement(rows):
    whole_months = Period(date(2026, 3, 1), date(2026, 5, 1))
    rows = Rows(whole_months, rows.now)
    question = agreement.Question(whole_months)
    answer = agreement.answer(question=question, now=rows.now)
    delivered = rows.delivered()
    for key, values in by_key(answer.section("months")).items():
        assert values["delivered"] == delivered[key], key
        of_month = [h for h in rows.routed() if month(h.routed_at) == key]
        counts = rows.acceptance(of_month)
        decided = counts["accepted"] + counts["rejected"]
        assert values["acceptance"].n == decided
        for kind, name in (("decision", "decide"), ("follow_up", "follow_up")):
            due = rows.promises(kind, inside=lambda at, key=key: month(at) == key)
            rate = values[name]
            assert (rate.n, round(rate.share * rate.n)) == (due["due"], due["met"])
    owed = by_key(answer.section("owed"))
    for kind in ("decision", "follow_up"):
        everything = rows.promises(kind, inside=lambda at: True)
        assert owed[kind]["count"] == everything["overdue"]
