"""The managers' desk and the reasons, in a browser."""

from datetime import timedelta

import pytest
from django.utils import timezone

from handoff import lifecycle
from handoff.sla import enforcement
from leads.choices import Role
from leads.models import Standing
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
    pages = ["/desk/", "/settings/reasons/", "/desk/leads/", given]
    teams = ["", "new/", f"{rep.team_id}/", f"reps/{rep.pk}/"]
    assert_pages_hold(
        page,
        [
            *pages,
            f"/desk/{away.pk}/cover/",
            *(f"/settings/teams/{one}" for one in teams),
        ],
    )


def test_what_can_be_done_about_a_load_is_in_sight_on_a_small_screen(page_of, rep):
    RepFactory(team=rep.team, user__name="Katarzyna Wiśniewska-Lewandowska")
    HandoffFactory(rep=rep)
    page = page_of(UserFactory(role=Role.MANAGER), width=1024, height=800)
    page.goto("/desk/")

    table = page.get_by_role("table", name="Load")
    wrap = "table => table.scrollWidth - table.parentElement.clientWidth"

    assert table.evaluate(wrap) <= 0


def test_a_manager_gives_a_late_follow_up_to_another_rep(page_of, rep):
    other = RepFactory(team=rep.team, user__name="Ben Okoro")
    long_ago = timezone.now() - timedelta(days=5)
    handoff = HandoffFactory(rep=rep, routed_at=long_ago, assigned_at=long_ago)
    enforcement.enforce(now=long_ago)
    lifecycle.accept(handoff=handoff, actor=rep.user, now=long_ago)
    enforcement.enforce(now=long_ago)
    page = page_of(UserFactory(role=Role.MANAGER))
    page.goto("/desk/")

    late = page.get_by_role("region", name="First follow-ups past due")
    late.get_by_role("link", name="Reassign").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Ben Okoro").check()
    dialog.get_by_label("Reason").fill("Ana is ill")
    dialog.get_by_role("button", name="Give").click()

    page.get_by_text("with what is open").wait_for()
    assert late.get_by_text("Ben Okoro").is_visible()
    assert Standing.objects.get(pk=handoff.lead_id).owner == other.user


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
