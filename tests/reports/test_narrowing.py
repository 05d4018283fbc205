"""Every report counts the leads of a segment, or those for whom conditions hold."""

import json
import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qsl

import pytest
from django.test import Client
from django.urls import reverse

from handoff.choices import HandoffStatus, ReasonCategory
from leads import cycles
from leads.choices import Role, Stage
from leads.models import StageChange
from leads.nurture import segments
from leads.nurture.choices import SegmentKind
from reports.answers import Cell
from reports.catalogue import REPORTS
from reports.estimates import Estimate
from tests.handoff.factories import DealFactory, HandoffFactory, ReasonFactory
from tests.leads.factories import NOON, UserFactory
from tests.reports.factories import day, mql
from tests.reports.test_follow_up import clock, touch

pytestmark = pytest.mark.django_db

LATER = datetime(2026, 7, 1, tzinfo=UTC)
DATES = {"from": "2026-03-01", "to": "2026-04-01"}
WEB = {"field": "source", "operator": "is", "value": "web"}
SOLD = [(Stage.SQL, 1), (Stage.ACCEPTED, 2), (Stage.OPPORTUNITY, 3)]


def segment(tree=WEB, name="From the web"):
    return segments.create(
        name=name, kind=SegmentKind.CONDITIONS, tree=tree, actor=None, now=NOON
    )


def a_life(source):
    lead = mql(*SOLD, source=source)
    handoff = HandoffFactory(
        lead=lead, status=HandoffStatus.ACCEPTED, routed_at=day(1), decided_at=day(2)
    )
    clock(handoff)
    touch(lead, day(2), actor=handoff.rep)
    DealFactory(lead=lead, handoff=handoff, won_at=day(9), amount=100)
    return lead


def counted(report, query):
    """The leads behind every number of a report that opens."""
    form = report.make_form({**DATES, **query}, now=LATER)
    assert form.is_valid(), form.errors
    if report.answer is None:
        table = report.listed({**DATES, **query}, None, LATER)
        return {row[0] for row in table.rows}
    found = set()
    for section in report.answer(form, None, LATER).sections:
        opening = [each.name for each in section.columns if each.opens]
        for row in section.rows:
            for column in opening:
                if value := row.values[column]:
                    cell = Cell(section.name, column, row.key)
                    records = report.records(form, None, cell, LATER)
                    of = value.n if isinstance(value, Estimate) else value
                    assert len(records.rows) == of, cell
                    found |= {record.lead_id for record in records.rows}
    return found


def test_every_report_counts_the_leads_of_a_segment_or_of_conditions():
    web, fair = a_life("web"), a_life("fair")
    made = segment()
    where = json.dumps({"none": [WEB]})

    for name, report in REPORTS.items():
        assert counted(report, {}) == {web.pk, fair.pk}, name
        assert counted(report, {"segment": str(made.pk)}) == {web.pk}, name
        assert counted(report, {"where": where}) == {fair.pk}, name
        both = {"segment": str(made.pk), "where": where}
        assert counted(report, both) == set(), name


def test_what_cannot_be_read_is_said_in_words():
    broken = segment({"field": "title", "operator": "is", "value": "x"}, "Broken")
    broken.conditions = {"field": "gone", "operator": "is", "value": "x"}
    broken.save()
    deep = "[" * 3_000
    wrong = [
        {"segment": "0"},
        {"segment": "1 OR 1=1"},
        {"segment": str(broken.pk)},
        {"where": "{"},
        {"where": deep},
        {"where": "[]"},
        {"where": '{"field": "password", "operator": "is", "value": "x"}'},
        {"where": "x" * 5_000},
    ]

    for report in REPORTS.values():
        for query in wrong:
            form = report.make_form({**DATES, **query}, now=LATER)
            assert form.errors, query


def test_conditions_are_built_on_a_page_and_stay_in_the_links():
    a_life("web")
    client = Client()
    client.force_login(UserFactory(role=Role.MANAGER))
    edit = (
        reverse("reports:where", args=["acceptance"]) + "?from=2026-03-01&to=2026-04-01"
    )
    typed = {"row": "0", "field-0": "source", "operator-0": "is", "value-0": "fair"}

    shown = client.get(edit)
    saved = client.post(edit, {"group-of-conditions": "all", **typed})
    page = client.get(saved.url)

    assert shown.status_code == 200
    assert saved.status_code == 302
    assert "Source is fair" in page.text
    assert "Nothing was handed to sales" in page.text
    refused = client.post(edit, {"group-of-conditions": "all", **typed, "value-0": ""})
    assert refused.status_code == 422


def test_hand_offs_go_by_what_was_measured_then():
    fit = ReasonFactory(category=ReasonCategory.FIT)
    for grade, score in ((0, -3.0), (1, 19.9), (12, 20.0), (9, 400.0)):
        lead = mql((Stage.SQL, 1))
        changes = StageChange.objects.filter(lead=lead)
        changes.update(grade=grade, engagement=score, model_version=3)
        cycles.retell(lead_ids=[lead.pk])
        HandoffFactory(
            lead=lead,
            routed_at=day(2),
            status="rejected",
            reason=fit,
            decided_at=day(3),
        )
    keys = {
        "grade": {"F": 1, "D": 1, "A": 1, "B": 1},
        "band": {"0–19": 2, "20–39": 1, "100+": 1},
        "version": {"v3": 4},
    }

    for by, expected in keys.items():
        for name in ("acceptance", "follow-up"):
            report = REPORTS[name]
            form = report.make_form({**DATES, "by": by}, now=LATER)
            assert form.is_valid()
            rows = report.table(form, reader=None, now=LATER).rows
            told = {row[0]: row[1] for row in rows if row[0] != "total"}
            assert told == expected, (name, by)


def test_a_later_return_to_sql_changes_nothing_of_an_earlier_hand_off():
    lead = mql((Stage.SQL, 1), (Stage.MQL, 4), (Stage.SQL, 6))
    changes = StageChange.objects.filter(lead=lead, to_stage=Stage.SQL).order_by("at")
    for change, grade in zip(changes, (12, 0), strict=True):
        StageChange.objects.filter(pk=change.pk).update(grade=grade)
    cycles.retell(lead_ids=[lead.pk])
    for days in (2, 7):
        HandoffFactory(
            lead=lead,
            routed_at=day(days),
            status="withdrawn",
            decided_at=day(days + 1),
        )

    form = REPORTS["follow-up"].make_form({**DATES, "by": "grade"}, now=LATER)
    assert form.is_valid()
    rows = REPORTS["follow-up"].table(form, reader=None, now=LATER).rows

    assert {row[0]: row[1] for row in rows if row[0] != "total"} == {"A": 1, "F": 1}


def test_figures_can_stand_beside_those_of_the_period_before():
    a_life("web")
    client = Client()
    client.force_login(UserFactory(role=Role.MANAGER))
    april = {"from": "2026-04-01", "to": "2026-05-01", "compare": "before"}

    for name in ("funnel", "acceptance"):
        mql(since=35)
        HandoffFactory(routed_at=day(35))
        page = client.get(REPORTS[name].address, april)
        assert "in the period before" in page.text, name
        assert " · n too small in the period before" not in page.text, name


@pytest.mark.parametrize(
    ("name", "other", "more"),
    [("funnel", "throughput", {"cohort": "mql"}), ("acceptance", "health", {})],
)
def test_a_link_to_another_report_counts_the_same_leads(name, other, more):
    a_life("web")
    client = Client()
    client.force_login(UserFactory(role=Role.MANAGER))
    asked = {**DATES, "segment": str(segment().pk), "where": json.dumps(WEB)}
    query = {**asked, "compare": "before", "by": "campaign", **more}

    page = client.get(REPORTS[name].address, query)
    (link,) = re.findall(rf'href="{REPORTS[other].address}\?([^"#]+)', page.text)

    told = dict(parse_qsl(unescape(link)))
    assert json.loads(told.pop("where")) == WEB
    assert told == {**DATES, "segment": asked["segment"], "compare": "before"}
