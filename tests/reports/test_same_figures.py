"""The command and the API tell the figures of the files, of young cohorts too."""

import pytest

from handoff.choices import HandoffStatus
from leads.choices import Stage
from reports.catalogue import REPORTS
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import NOON, LeadFactory
from tests.reports.factories import day, mql
from tests.reports.test_follow_up import handed, hours, touch

pytestmark = pytest.mark.django_db

DATES = {"from": "2026-03-01", "to": "2026-04-01"}


def asked(name, *, now, section="", **query):
    """The document of a report, and its table as a file has it: key → name → cell."""
    report = REPORTS[name]
    form = report.make_form({**DATES, **query}, now=now)
    assert form.is_valid()
    table = report.table(form, section=section, reader=None, now=now)
    named = [dict(zip(table.header, cells, strict=True)) for cells in table.rows]
    document = report.document(form, reader=None, now=now)
    return document, {cells["key"]: cells for cells in named}


def by_key(table):
    """The rows of a document and its total by the keys of files."""
    return {**{row["key"]: row for row in table["rows"]}, "total": table["total"]}


def in_file(rate, name):
    """The cells of a rate of a document, as a file has them."""
    parts = {name: "share", f"{name}_low": "low", f"{name}_high": "high"}
    return {
        column: None if rate[part] is None else round(rate[part], 4)
        for column, part in parts.items()
    }


def young_funnel():
    """Forty old entries of which half converted, forty young ones; ten elsewhere."""
    for number in range(40):
        mql(*([(Stage.SQL, 20)] if number % 2 else []), source="web")
        mql(since=25, source="web")
    for _ in range(10):
        mql(source="fair")
    return day(27)


def test_conversions_of_a_young_cohort_are_those_of_the_file():
    document, file = asked("funnel", now=young_funnel(), window="30")
    conversions = by_key(document["conversions"])

    assert list(conversions) == list(file) == ["web", "fair", "total"]
    for key, cells in file.items():
        assert conversions[key]["matured"] == cells["matured"]
        for stage in ("sql", "accepted", "opportunity", "customer"):
            rate = conversions[key][stage]
            assert rate["n"] == cells["entered"]
            assert rate["is_provisional"]
            found = in_file(rate, f"{stage}_share")
            assert found == {name: cells[name] for name in found}


def test_what_a_young_cohort_converts_is_not_its_counts_divided():
    document, _file = asked("funnel", now=young_funnel(), window="30")
    counts, rates = document["rows"][0], document["conversions"]["rows"][0]

    assert (counts["entered"], counts["sql"], rates["matured"]) == (80, 20, 0)
    assert rates["sql"]["share"] == pytest.approx(0.5)


def test_a_conversion_of_few_has_its_n_and_no_share():
    document, _file = asked("funnel", now=young_funnel(), window="30")

    assert document["conversions"]["rows"][1]["sql"] == {
        "share": None,
        "low": None,
        "high": None,
        "n": 10,
        "is_provisional": True,
    }


def test_the_period_before_has_its_conversions_too():
    document, _file = asked("funnel", now=young_funnel(), window="30", compare="before")

    assert document["before"]["conversions"]["total"]["sql"]["n"] == 0


def test_rates_of_acceptance_are_those_of_the_file_while_some_wait():
    for number in range(30):
        status = HandoffStatus.ACCEPTED if number % 3 else HandoffStatus.EXPIRED
        lead = LeadFactory(source="web", stage=Stage.SQL)
        HandoffFactory(lead=lead, status=status, decided_at=NOON + hours(1))
        young = LeadFactory(source="web", stage=Stage.SQL)
        HandoffFactory(lead=young, due_at=day(9))

    document, file = asked("acceptance", now=day(2))
    rates = by_key(document["rates"])

    assert list(rates) == list(file) == ["web", "total"]
    assert rates["web"] == {"key": "web", **rates["total"]}
    assert (file["total"]["matured"], file["total"]["waiting"]) == (30, 30)
    assert rates["total"]["accepted_of_all"]["n"] == 30
    assert rates["total"]["silent_rate"]["n"] == 60
    for name, rate in rates["total"].items():
        found = in_file(rate, name)
        assert None not in found.values()
        assert found == {column: file["total"][column] for column in found}
        assert document["total"][name] == rate["share"]


@pytest.mark.parametrize("section", ["response", "prospect", "latency"])
def test_rows_of_follow_up_are_those_of_the_file_while_some_wait(section):
    for number in range(45):
        handoff = handed()
        if number < 30:
            touch(handoff.lead, handoff.routed_at + hours(1), actor=handoff.rep)

    document, file = asked("follow-up", now=NOON + hours(4), section=section)
    told = by_key(document["tables"][section])

    assert list(told) == list(file)
    assert file["total"]["within_low"] > 0.5
    for key, cells in file.items():
        del cells["key"]
        found = {name: told[key].get(name) for name in cells}
        assert found == pytest.approx(cells, abs=5e-5)


def test_a_share_on_top_of_a_report_tells_its_interval_and_n():
    for _ in range(20):
        handoff = handed()
        touch(handoff.lead, handoff.routed_at + hours(1), actor=handoff.rep)
        handed()

    figures = asked("follow-up", now=NOON + hours(90))[0]["figures"]

    assert (figures["within"], figures["within_n"]) == (0.5, 40)
    assert figures["within_low"] == pytest.approx(0.352, abs=1e-3)
    assert figures["within_high"] == pytest.approx(0.648, abs=1e-3)
