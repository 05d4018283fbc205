from datetime import UTC, datetime
from pathlib import Path

import pytest

from leads.capture.activity_import import ACTIVITIES
from leads.capture.lead_import import LEADS
from leads.capture.mapping import Refusal, Wishes, make_plan
from leads.capture.rows import FileError, Row, Table

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def plan_of(*columns, kind=LEADS, fixed=None, **wished):
    table = Table(Path("x.csv"), "utf-8-sig", ",", False, columns, 0)
    wishes = Wishes(wished, fixed or {})
    return make_plan(table=table, fields=kind.fields, wishes=wishes, now=NOON)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("E-Mail", "email"),
        ("First Name", "first_name"),
        ("LEAD_SOURCE", "source"),
        ("company-domain", "company_domain"),
        ("Custom.Region", "custom.Region"),
    ],
)
def test_a_column_is_known_by_its_heading(heading, field):
    plan = plan_of("Record ID", heading)

    assert plan.column_of(field) == heading


def test_a_wish_goes_before_a_heading():
    plan = plan_of("id", "email", "work", id="external_id", work="email")

    assert plan.column_of("email") == "work"
    assert plan.unused == ["email"]


def test_a_fixed_value_goes_before_a_heading_and_is_in_every_row():
    plan = plan_of("email", "stage", fixed={"stage": "MQL"})

    parsed = plan.parsed(Row(2, ["a@b.example", "sql"]))

    assert parsed.values == {"email": "a@b.example", "stage": "mql"}


def test_an_empty_cell_is_no_value():
    parsed = plan_of("email", "phone").parsed(Row(2, ["a@b.example", "  "]))

    assert parsed.values == {"email": "a@b.example"}


def test_a_bad_cell_is_refused_with_line_and_column():
    refusal = plan_of("E-Mail", "phone").parsed(Row(7, ["nobody", "1"]))

    assert refusal == Refusal(
        7, "E-Mail", "“nobody” is no e-mail address", ["nobody", "1"]
    )


def test_what_has_not_happened_yet_is_refused():
    refusal = plan_of("email", "created").parsed(Row(2, ["a@b.example", "2099-01-01"]))

    assert refusal.reason == "“2099-01-01” lies in the future"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"columns": ["name"]}, "No column fills “external_id” or “email”: name one"),
        ({"columns": ["email"], "kind": ACTIVITIES}, "No column fills “kind”"),
        ({"columns": ["email"], "gone": "phone"}, "The file has no column “gone”"),
        ({"columns": ["email"], "email": "score"}, "“score” is no field of a lead"),
        ({"columns": ["email"], "email": "custom."}, "“custom.” is no field of a lead"),
        ({"columns": ["email"], "fixed": {"owner": "1"}}, "“owner” is no field"),
        ({"columns": ["email"], "fixed": {"stage": "x"}}, "stage: “x” is none of new"),
        (
            {"columns": ["a", "b"], "a": "email", "b": "email"},
            "“email” would be filled",
        ),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_in_one_line(arguments, message):
    columns = arguments.pop("columns")
    with pytest.raises(FileError, match=message):
        plan_of(*columns, **arguments)
