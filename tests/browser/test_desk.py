"""The managers' desk and the reasons, in a browser."""

import pytest

from leads.choices import Role
from tests.browser.checks import assert_accessible, assert_pages_hold
from tests.handoff.factories import HandoffFactory, ReasonFactory, owned_lead
from tests.leads.factories import RepFactory, TeamFactory, UserFactory


@pytest.fixture
def rep(workspace):
    return RepFactory(team=TeamFactory(), user__name="Ana Ruiz")


def test_pages_of_managers_are_accessible_and_fit_a_phone(page_of, rep):
    HandoffFactory(rep=rep)
    HandoffFactory(rep=None, team=rep.team)
    ReasonFactory(is_on=False)
    page = page_of(UserFactory(role=Role.MANAGER))

    lead = owned_lead(rep.user)
    away = RepFactory(team=rep.team)
    given = f"/desk/leads/?lead={lead.pk}&to={away.pk}"
    assert_pages_hold(page, ["/desk/", "/settings/reasons/", "/desk/leads/", given])


def test_a_manager_covers_for_a_rep(page_of, rep):
    RepFactory(team=rep.team, user__name="Ben Okoro")
    HandoffFactory(rep=rep)
    page = page_of(UserFactory(role=Role.MANAGER), expecting={422})
    page.goto("/desk/")

    page.get_by_role("link", name="Give to others… Ana Ruiz").click()
    page.get_by_role("button", name="Give to others").click()
    page.get_by_text("This field is required.").wait_for()
    assert_accessible(page)
    page.get_by_label("Reason").fill("On holiday")
    page.get_by_role("button", name="Give to others").click()

    page.get_by_text("1 lead moved.").wait_for()
