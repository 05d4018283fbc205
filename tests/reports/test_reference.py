from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from leads.choices import Role, Stage
from reports import funnel, reference
from reports.cohorts import By, Question
from reports.periods import Period
from tests.leads.factories import UserFactory
from tests.reports.factories import mql

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def some(count, converted, source):
    for number in range(count):
        mql(*([(Stage.SQL, 1)] if number < converted else []), source=source)


def get(client, **query):
    dates = {"from": "2026-03-01", "to": "2026-04-01"}
    return client.get(reverse("reports:funnel"), {**dates, **query})


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=Role.MANAGER))
    return client


def test_the_band_is_told_in_words_row_by_row():
    some(20, 8, "web")
    some(20, 12, "fair")
    some(20, 2, "mail")
    some(3, 3, "few")
    question = Question(cohort=Stage.MQL, period=MARCH, by=By.SOURCE)

    words = reference.sentence(funnel.funnel(question=question, now=LATER))

    assert "35–45 % of MQLs become SQLs" in words
    assert "Below mail 10.0 %; within web 40.0 %; above fair 60.0 %." in words
    assert "few" not in words


def test_the_band_is_drawn_told_and_defined_only_where_it_is_asked(manager):
    some(20, 8, "web")

    plain, asked = get(manager), get(manager, reference="on")

    assert "band" not in plain.context["rates"]
    assert "Often called healthy" not in plain.text
    drawn = asked.context["rates"]
    assert (drawn["band"]["low"], drawn["band"]["high"]) == (0.35, 0.45)
    assert (drawn["band"]["series"], drawn["shown"]) == ("sql", "sql")
    assert "within web 40.0 %" in drawn["description"].lower()
    assert 'class="reference-row"' in asked.text
    assert 'popovertarget="definition-reference-band"' in asked.text
    assert 'id="definition-reference-band"' in asked.text


def test_the_band_is_kept_in_the_link_with_fixed_dates(manager):
    some(20, 8, "web")

    query = get(manager, reference="on").context["frozen_query"]
    again = manager.get(f"{reverse('reports:funnel')}?{query}")

    assert "band" in again.context["rates"]


def test_of_another_cohort_the_page_says_how_to_see_the_band(manager):
    some(1, 1, "web")

    page = get(manager, reference="on", cohort="sql")

    assert "choose MQL under" in page.text
    assert "band" not in page.context["rates"]
