from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from handoff.choices import HandoffStatus, ReasonCategory
from leads.choices import Role
from reports import acceptance, acceptance_parts
from reports.acceptance import By, Question
from reports.answers import Cell, total_of
from reports.periods import Period
from tests.handoff.factories import HandoffFactory, ReasonFactory
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.reports.test_acceptance import handed

pytestmark = pytest.mark.django_db

SPRING = Period(date(2026, 3, 1), date(2026, 5, 1))
LATER = datetime(2026, 7, 1, tzinfo=UTC)
ACCEPTED, REJECTED = HandoffStatus.ACCEPTED, HandoffStatus.REJECTED
APRIL = NOON + timedelta(days=40)


def sections(**options):
    question = Question(period=SPRING, **options)
    return acceptance_parts.sections(question=question, now=LATER)


def listed(section, column, key, **options):
    question = Question(period=SPRING, **options)
    cell = Cell(section, column, key)
    return acceptance_parts.records(question=question, cell=cell, now=LATER).rows


def test_acceptance_has_its_trend_by_month_and_by_those_with_most_hand_offs():
    for source, count in (("web", 3), ("fair", 2)):
        for _ in range(count):
            handed(ACCEPTED, lead=LeadFactory(stage="sql", source=source))
    fit = ReasonCategory.FIT
    lead = LeadFactory(stage="sql", source="web")
    handed(REJECTED, category=fit, lead=lead, routed_at=APRIL)

    months, *_more = sections()

    march, april = (row.values for row in months.rows)
    assert [column.label for column in months.columns[2:]] == ["web", "fair"]
    assert (march["routed"], april["routed"]) == (5, 1)
    told = {name: (march[name].n, april[name].n) for name in ("decided_0", "decided_1")}
    assert told == {"decided_0": (3, 1), "decided_1": (2, 0)}
    assert (april["decided"].share, april["decided"].n) == (0.0, 1)
    assert len(listed("months", "routed", "2026-03")) == 5
    assert [line["name"] for line in months.chart["series"]] == ["All", "web", "fair"]


def test_reasons_are_told_most_frequent_first_with_what_they_are_together():
    rare, often = ReasonFactory(label="Budget"), ReasonFactory(label="Students")
    for reason, count in ((rare, 1), (often, 3)):
        for _ in range(count):
            at = NOON + timedelta(hours=1)
            HandoffFactory(status=REJECTED, reason=reason, decided_at=at)

    _months, reasons, _categories = sections()

    told = [
        (row.label, row.values["rejected"], row.values["so_far"])
        for row in reasons.rows
    ]
    assert told == [("Students", 3, 0.75), ("Budget", 1, 1.0)]
    assert len(listed("reasons", "rejected", often.key)) == 3
    assert "Students 3, with those above 75.0 %" in reasons.chart["description"]


def test_rejections_by_category_add_up_the_reasons_and_open_their_hand_offs():
    for category, count in ((ReasonCategory.FIT, 3), (ReasonCategory.DATA, 1)):
        for _ in range(count):
            handed(REJECTED, category=category)

    _months, reasons, categories = sections()

    told = {row.key: row.values["rejected"] for row in categories.rows}
    assert told == {"fit": 3, "data": 1}
    assert sum(told.values()) == total_of(reasons.rows, "rejected")
    assert [len(listed("categories", "rejected", key)) for key in told] == [3, 1]
    assert len(listed("categories", "rejected", "")) == 4


def test_each_person_once_counts_the_first_cycle_of_the_period():
    lead = LeadFactory(stage="sql")
    handed(HandoffStatus.EXPIRED, lead=lead)
    handed(ACCEPTED, lead=lead, routed_at=NOON + timedelta(days=1))
    handed(ACCEPTED, lead=lead, cycle=2, routed_at=APRIL)

    def routed(**options):
        question = Question(period=SPRING, by=By.NONE, **options)
        return acceptance.acceptance(question=question, now=LATER).total.routed

    assert routed() == 3
    assert routed(first_only=True) == 2
    assert len(listed("months", "routed", "", first_only=True)) == 2
    of_april = Question(
        period=Period(date(2026, 4, 1), date(2026, 5, 1)), first_only=True
    )
    total = acceptance.acceptance(question=of_april, now=LATER).total
    assert total.routed == 1  # the first of that period


def test_the_parts_stand_on_the_page_as_files_and_in_the_document(client):
    client.force_login(UserFactory(role=Role.MANAGER))
    handed(REJECTED, category=ReasonCategory.FIT)
    dates = {"from": "2026-03-01", "to": "2026-04-01"}

    page = client.get(reverse("reports:acceptance"), dates)
    file = client.get(
        reverse("reports:export", args=["acceptance"]), {**dates, "section": "reasons"}
    )

    assert [sheet.section.name for sheet in page.context["sheets"]] == [
        "months",
        "reasons",
        "categories",
    ]
    for sheet in page.context["sheets"]:
        for line in sheet.lines:
            for value in line.values:
                if value.address:
                    assert client.get(value.address).context["page"].paginator.count
    text = b"".join(file.streaming_content).decode("utf-8-sig")
    assert text.startswith('"key","category","rejected","share"')
