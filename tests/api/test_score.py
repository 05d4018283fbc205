"""The score of a lead in the API is that of its page, at any instant."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from leads import activities
from leads.activities import NewActivity
from leads.choices import ActivityKind, Role, Stage
from leads.models import User
from tests.bad_inputs import listed
from tests.leads.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(workspace):
    """A lead that came to the pricing page a few times, once as a machine."""
    now = timezone.now().replace(microsecond=0)
    start = now - timedelta(days=40)
    made = LeadFactory(title="Chief of staff", stage=Stage.MQL, stage_at=start)
    activities.record(
        activities=[
            NewActivity(
                lead_id=made.pk,
                kind=ActivityKind.PAGE_VIEW,
                occurred_at=start + timedelta(days=4 * number),
                url="https://baton.example/pricing",
                external_id=str(number),
                is_machine=number == 3,
            )
            for number in range(9)
        ]
    )
    call_command("rescore", "--all")
    return made


@pytest.mark.parametrize("days_ago", [0, 3, 17, 60])
def test_page_and_api_say_the_same_of_the_same_instant(api, lead, client, days_ago):
    at = timezone.now().replace(second=0, microsecond=0) - timedelta(days=days_ago)
    client.force_login(User.objects.get())

    told = api.get(f"leads/{lead.pk}/score", at=at.isoformat()).data
    page = client.get(
        reverse("leads:detail", args=[lead.pk]), {"at": f"{at:%Y-%m-%dT%H:%M}"}
    )

    shown = page.context["explanation"]
    assert shown.now == at
    assert told["engagement"] == shown.engagement
    assert (told["fit"], told["grade"]) == (shown.fit, shown.grade_letter)
    assert [
        (line["rule"], line["points"], line["value_now"], line["counted"])
        for line in told["lines"]
    ] == [
        (line.rule and line.rule.name, line.points, line.value_now, line.is_counted)
        for line in shown.lines
    ]
    total = sum(line["value_now"] for line in told["lines"])
    total += told["older"]["value_now"]
    assert told["engagement"] == pytest.approx(max(0.0, total))


def test_it_says_why_an_activity_does_not_count_and_which_stage_it_was(api, lead):
    before = lead.standing.stage_since - timedelta(days=1)

    now = api.get(f"leads/{lead.pk}/score").data
    earlier = api.get(f"leads/{lead.pk}/score", at=before.isoformat()).data

    uncounted = [line["why_not"] for line in now["lines"] if not line["counted"]]
    assert "Marked by the system that sent it" in uncounted
    assert (now["stage"], earlier["stage"]) == ("mql", None)
    assert {one["state"] for one in now["criteria"]} <= {"matched", "not", "unknown"}


@pytest.mark.parametrize("at", ["yesterday", "2099-01-01", "2026-02-30", "\x00"])
def test_an_instant_that_is_none_or_to_come_is_refused(api, lead, at):
    answer = api.get(f"leads/{lead.pk}/score", at=at)

    assert answer.status_code == 422
    assert answer.data["errors"][0]["field"] == "at"


def test_no_strange_instant_breaks_anything(api):
    lead = LeadFactory()

    for case, _expect in listed("dates"):
        answer = api.get(f"leads/{lead.pk}/score", at=str(case["value"]))

        assert answer.status_code in (200, 422), case["id"]


def test_another_reps_lead_is_not_found(api_of, lead):
    api = api_of(UserFactory(role=Role.REP))

    assert api.get(f"leads/{lead.pk}/score").status_code == 404
