from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from leads import activities
from leads.activities import NewActivity
from leads.choices import ActivityKind, MachineReason, Role, Stage
from leads.models import Activity
from scoring import rescoring
from scoring.models import ScoringModel
from tests.leads.factories import LeadFactory, RepFactory, UserFactory
from tests.scoring.factories import ActivityFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def now():
    return timezone.now().replace(second=0, microsecond=0)


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


@pytest.fixture
def lead(now):
    """A download ten days ago, and a form two days ago."""
    lead = LeadFactory(created_at=now - timedelta(days=20))
    for kind, days in (("content_downloaded", 10), ("form_submitted", 2)):
        at = now - timedelta(days=days)
        ActivityFactory(lead=lead, kind=kind, occurred_at=at)
    return lead


def address(name, lead, at=None):
    query = f"?at={at:%Y-%m-%dT%H:%M}" if at else ""
    return reverse(f"leads:{name}", args=[lead.pk]) + query


def test_the_page_draws_the_score_and_says_it_in_figures(client, marketer, lead):
    page = client.get(address("detail", lead)).content.decode()

    assert '<svg class="sparkline"' in page
    assert "Engagement in figures" in page
    assert "What was it on…" in page


def test_another_day_shows_its_lines_and_what_changed_since(
    client, marketer, lead, now
):
    response = client.get(address("score", lead, now - timedelta(5)), headers=HTMX)

    fragment = response.content.decode()
    assert response.status_code == 200
    assert "Content downloaded" in fragment
    assert "Form submitted" not in fragment
    assert "Gained since, by 1 activity" in fragment
    assert response.headers["HX-Replace-Url"].startswith(f"/leads/{lead.pk}/?at=")


def test_without_script_the_whole_page_shows_another_day(client, marketer, lead, now):
    at = now - timedelta(days=5)

    response = client.get(address("score", lead, at), follow=True)

    assert response.redirect_chain[0][0].startswith(f"/leads/{lead.pk}/?at=")
    assert response.context["explanation"].now == at
    assert response.context["score_now"] > response.context["explanation"].engagement


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2999-01-01T00:00", "Choose an instant that has been"),
        ("0001-01-01T00:00", "Choose an instant of our time"),
        ("yesterday", "Enter a valid date/time"),
    ],
)
def test_a_senseless_instant_is_refused_beside_the_field(
    client, marketer, lead, typed, words
):
    response = client.get(address("score", lead), {"at": typed}, headers=HTMX)

    assert response.status_code == 422
    assert words in response.content.decode()


def test_it_says_when_the_lead_falls_if_nothing_happens(client, marketer, now):
    lead = ActivityFactory(kind="form_submitted", occurred_at=now).lead
    rescoring.rescore_stale(now=now)

    page = client.get(address("detail", lead)).content.decode()

    assert "Falls under IQL on" in page


def test_without_a_model_there_is_no_drawing(client, marketer, lead):
    ScoringModel.objects.update(status="retired")

    page = client.get(address("detail", lead)).content.decode()

    assert "No scoring model is active" in page
    assert "sparkline" not in page


def marked(lead, now, count=2):
    activities.record(
        activities=[
            NewActivity(
                lead.pk,
                ActivityKind.PAGE_VIEW,
                now - timedelta(hours=hours),
                properties={"method": "HEAD"},
            )
            for hours in range(1, count + 1)
        ]
    )


def test_what_a_machine_did_is_shown_with_its_reason(client, marketer, lead, now):
    marked(lead, now)

    page = client.get(address("detail", lead)).content.decode()

    assert page.count("Asked whether the page exists") == 5  # total, timeline, lines
    assert "A person did all of these" in page


def test_one_mark_is_put_right_and_the_score_follows(client, marketer, lead, now):
    marked(lead, now)
    activity = Activity.objects.filter(is_machine=True).first()
    typed = {"activity": activity.pk, "is_machine": "no"}

    response = client.post(address("judge", lead), typed, headers=HTMX)

    activity.refresh_from_db()
    fragment = response.content.decode()
    assert (activity.is_machine, activity.judged_by) == (False, marketer)
    assert f"{marketer} says a person did this." in fragment
    assert 'id="score"' in fragment
    assert 'hx-swap-oob="true"' in fragment
    assert "Page seen" in fragment


def test_all_of_one_reason_are_put_right_at_once(client, marketer, lead, now):
    marked(lead, now, count=3)
    typed = {"reason": MachineReason.HEAD.value, "is_machine": "no"}

    response = client.post(address("judge", lead), typed)

    assert response.url == address("detail", lead)
    assert not Activity.objects.filter(is_machine=True).exists()


@pytest.mark.parametrize(
    "typed", [{}, {"is_machine": "no"}, {"is_machine": "no", "reason": "moon"}]
)
def test_a_judgement_of_nothing_is_refused(client, marketer, lead, typed):
    assert client.post(address("judge", lead), typed).status_code == 400


def test_a_rep_looks_and_does_not_judge(client, lead):
    rep = RepFactory().user
    client.force_login(rep)
    other = LeadFactory(stage=Stage.SQL)

    assert client.get(address("score", other), headers=HTMX).status_code == 404
    assert client.post(address("judge", other), {}).status_code == 403
