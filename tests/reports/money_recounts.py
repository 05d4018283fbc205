"""Reports about speed and money beside their slow recount."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from leads.choices import Stage
from leads.models import Campaign
from reports import (
    expected,
    revenue,
    sources,
    velocity,
)
from reports.attribution import Model
from reports.bands import letter_of
from reports.scope import Scope
from reports.speed import Question as Speed
from reports.splits import Split
from reports.won_deals import Channel
from tests.reports.recounts import PERIOD, by_key
from tests.reports.slow import cents, middle, month


def check_velocity(rows):
    answer = velocity.answer(question=Speed(PERIOD), now=rows.now)
    stays, ages = rows.stays(), rows.ages()
    for stage, values in by_key(answer.section("stages")).items():
        told = {name: values[name] for name in ("left", "median", "open", "age")}
        assert told == {
            "left": len(stays[stage]),
            "median": middle(stays[stage]),
            "open": len(ages[stage]),
            "age": middle(ages[stage]),
        }, stage
    for stage, values in by_key(answer.section("spread")).items():
        weeks = sum(86_400 < each <= 7 * 86_400 for each in stays[stage])
        rate = values["7d"]
        assert (rate.n, round(rate.share * rate.n)) == (len(stays[stage]), weeks)
    qualified = defaultdict(list)
    for _lead, at, seconds in rows.qualified():
        qualified[month(at)].append(seconds)
    before = None
    for key, values in by_key(answer.section("months")).items():
        count = len(qualified[key])
        rate = (count - before) / before if before and before >= 20 else None
        assert (values["sqls"], values["rate"]) == (count, rate)
        assert values["median"] == middle(qualified[key])
        before = count
    check_pipeline(rows, answer.section("deals").rows[0].values)


def check_pipeline(rows, values):
    mature = min(PERIOD.end_at, rows.now - timedelta(days=90))
    opened = [d for d in rows.deals if PERIOD.start_at <= d.opened_at < mature]
    decided = [d for d in opened if d.won_at or d.lost_at]
    worths = [cents(d) for d in decided if d.won_at and d.amount is not None]
    spans = [((d.won_at or d.lost_at) - d.opened_at).total_seconds() for d in decided]
    still_open = [d for d in rows.deals if not d.won_at and not d.lost_at]
    assert (values["open"], values["decided"]) == (len(still_open), len(decided))
    assert values["won"] == sum(d.won_at is not None for d in decided)
    assert values["cycle"] == middle(spans)
    average = round(sum(worths) / len(worths)) if worths else None
    assert values["average"] == average


def check_revenue(rows):
    question = revenue.Question(PERIOD, Channel.KIND)
    answer = revenue.answer(question=question, now=rows.now)
    won = rows.won()
    meant = {
        "revenue": won,
        "sourced": [deal for deal in won if rows.is_sourced(deal)],
        "contributed": [
            deal for deal in won if deal.handoff and deal.handoff.status == "accepted"
        ],
        "influenced": [deal for deal in won if rows.touches(deal)],
    }
    for name, values in by_key(answer.section("parts")).items():
        told = (values["deals"], values["amount"])
        assert told == (len(meant[name]), sum(map(cents, meant[name]))), name
    whole = sum(map(cents, won))
    attributed = answer.section("attributed")
    for model in Model:
        told = {row.key: row.values[model.value] for row in attributed.rows}
        assert sum(told.values()) == attributed.total.values[model.value] == whole
        wanted = rows.attributed(model.value)
        for key in {*told, *wanted}:
            # Each deal is cut to the cent, which moves a channel by one at most.
            assert abs(told.get(key, 0) - wanted[key]) <= len(won), (model, key)
    for kind, values in by_key(answer.section("influenced")).items():
        touched = [d for d in won if kind in {a.kind for a in rows.touches(d)}]
        told = (values["deals"], values["amount"])
        assert told == (len(touched), sum(map(cents, touched)))


def check_revenue_by_source(rows):
    """A deal that a touch earned is its source's, by every model alike."""
    question = revenue.Question(PERIOD, Channel.SOURCE)
    answer = revenue.answer(question=question, now=rows.now)
    won = rows.won()
    wanted, touched = Counter(), Counter()
    for deal in won:
        source = rows.source(deal.lead_id)
        wanted[source if rows.earning(deal) else "none"] += cents(deal)
        touched[source] += bool(rows.touches(deal))
    for model in Model:
        rows_of = answer.section("attributed").rows
        told = {row.key: row.values[model.value] for row in rows_of}
        assert told == dict(wanted), model
    told = by_key(answer.section("influenced"))
    assert {key: one["deals"] for key, one in told.items()} == +touched
    parts = by_key(answer.section("parts"))
    assert parts["sourced"]["deals"] == sum(map(rows.is_sourced, won))


def check_expected(rows):
    """Half a year later, when the entries of the history are a mature cohort."""
    later = rows.now + timedelta(days=200)
    oldest, youngest = later - timedelta(days=730), later - timedelta(days=180)
    grades = {}
    for change in rows.changes:
        if change.to_stage == Stage.SQL and oldest <= change.at < youngest:
            grade = -1 if change.grade is None else change.grade
            grades[change.lead_id] = max(grade, grades.get(change.lead_id, -1))
    winners = {deal.lead_id for deal in rows.deals if deal.won_at}
    rates, overall = expected.win_rates(scope=Scope(), now=later)
    sizes = Counter(letter_of(None if g < 0 else g) for g in grades.values())
    assert {band: rate.n for band, rate in rates.items()} == sizes
    hits = sum(lead_id in winners for lead_id in grades)
    assert (overall.n, round(overall.share * overall.n)) == (len(grades), hits)

    worths = [cents(d) for d in rows.deals if d.won_at and d.amount is not None]
    average = sum(worths) / len(worths) if worths else 0
    wanted = defaultdict(list)
    for standing in rows.standings:
        is_open = standing.stage in (Stage.SQL, Stage.ACCEPTED, Stage.OPPORTUNITY)
        if is_open and rows.leads[standing.pk].erased_at is None:
            deals = [d for d in rows.deals if d.lead_id == standing.pk]
            running = [d for d in deals if not d.won_at and not d.lost_at]
            known = [cents(d) for d in running if d.amount is not None]
            entries = [
                (change.at, change.pk, change.grade)
                for change in rows.changes
                if change.lead_id == standing.pk and change.to_stage == Stage.SQL
            ]
            band = letter_of(max(entries)[2] if entries else None)
            wanted[band].append(sum(known) if known else average)
    told = expected.open_by_band(scope=Scope())
    assert {band: each.n for band, each in told.items()} == {
        band: len(worths) for band, worths in wanted.items()
    }
    for band, worths in wanted.items():
        # The average is cut to the cent once, not once a lead.
        assert told[band].cents == pytest.approx(sum(worths), abs=len(worths)), band


def check_sources(rows):
    answer = sources.answer(question=sources.Question(PERIOD), now=rows.now)
    wanted = rows.funnel(Stage.NEW, None)
    won = rows.won()
    for key, values in by_key(answer.section("sources")).items():
        assert values["leads"] == wanted[key]["entered"]
        for stage in sources.REACHED:
            assert values[stage.value] == wanted[key][stage.value], (key, stage)
        deals = [deal for deal in won if rows.source(deal.lead_id) == key]
        assert values["deals"] == len(deals)
        assert values["revenue"] == sum(map(cents, deals))
        times = [d.won_at - rows.leads[d.lead_id].created_at for d in deals]
        seconds = [max(0, int(time.total_seconds())) for time in times]
        assert values["days"] == middle(seconds)
    check_costs(rows)
    check_won_times(rows, answer)


def check_won_times(rows, answer):
    by_source, by_month = defaultdict(list), defaultdict(list)
    for deal in rows.won():
        entered = [
            s.at
            for s in rows.changes
            if s.lead_id == deal.lead_id and s.to_stage == Stage.MQL
        ]
        if entered:
            took = max(0, int((deal.won_at - min(entered)).total_seconds()))
            by_source[rows.source(deal.lead_id)].append(took)
            by_month[month(min(entered))].append(took)
    for name, wanted in (
        ("mql_to_won", by_source),
        ("mql_to_won_months", by_month),
    ):
        section = answer.section(name)
        told = by_key(section) if section else {}
        assert {key: (v["deals"], v["median"]) for key, v in told.items()} == {
            key: (len(times), middle(times)) for key, times in wanted.items()
        }


def check_costs(rows):
    question = sources.Question(PERIOD, Split.CAMPAIGN)
    answer = sources.answer(question=question, now=rows.now)
    entered = rows.entries(Stage.NEW)
    for campaign in Campaign.objects.all():
        came = [k for k in entered if rows.leads[k[0]].campaign_id == campaign.pk]
        values = by_key(answer.section("costs"))[campaign.name]
        cost = round(campaign.cost * 100)
        per_lead = round(cost / len(came)) if came else None
        assert (values["leads"], values["per_lead"]) == (len(came), per_lead)
        sqls = sum(rows.came(key, Stage.SQL) is not None for key in came)
        assert values["per_sql"] == (round(cost / sqls) if sqls else None)
