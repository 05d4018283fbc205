from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from handoff import lifecycle
from handoff.choices import HandoffStatus
from handoff.models import Handoff
from handoff.routing import offers
from leads.choices import Role, Stage
from tests.browser.checks import (
    assert_accessible,
    assert_fits_a_phone,
    assert_pages_hold,
)
from tests.leads.factories import (
    AccountFactory,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)


@pytest.fixture
def rep(workspace):
    return RepFactory(team=TeamFactory(is_default=True), user__name="Ana Ruiz")


def offer(name, *, hours_ago):
    """A lead of that name, handed to sales so long ago."""
    account = AccountFactory(name=f"{name} Logistics")
    lead = LeadFactory(
        first_name="Maya", last_name=name, title="COO", account=account, stage=Stage.SQL
    )
    offers.route_waiting(now=timezone.now())
    routed_at = timezone.now() - timedelta(hours=hours_ago)
    due_at = routed_at + timedelta(hours=24)
    Handoff.objects.filter(lead=lead).update(routed_at=routed_at, due_at=due_at)
    return Handoff.objects.get(lead=lead)


def row(page, handoff):
    return page.locator(f"#handoff-{handoff.pk}")


def test_a_rep_accepts_and_the_tiles_follow(page_of, rep):
    late, fresh = offer("Okafor", hours_ago=25), offer("Holm", hours_ago=1)
    page = page_of(rep.user)
    page.goto("/queue/")
    assert "Overdue" in row(page, late).inner_text()
    assert "22 h 59 min left" in row(page, fresh).inner_text()

    row(page, late).get_by_role("button", name="Accept").click()

    row(page, late).get_by_role("link", name="Open the lead").wait_for()
    assert "none overdue" in page.locator("#queue-figures").inner_text()
    assert page.locator("#count-mine").inner_text() == "1"
    assert "is yours" in page.locator(".toast").inner_text()


def test_a_rep_rejects_with_a_reason_and_a_note(page_of, rep):
    handoff = offer("Okafor", hours_ago=1)
    page = page_of(rep.user, expecting={422})
    page.goto("/queue/")

    row(page, handoff).get_by_role("link", name="Reject…").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("radio", name="Other Back").check()
    dialog.get_by_role("button", name="Reject").click()
    dialog.get_by_text("This reason asks for a note.").wait_for()
    assert_accessible(page)
    dialog.get_by_role("textbox", name="Note").fill("Sold the company.")
    dialog.get_by_role("button", name="Reject").click()

    row(page, handoff).get_by_text("Rejected", exact=True).wait_for()
    assert not page.locator("dialog[open]").count()
    handoff.refresh_from_db()
    assert (handoff.status, handoff.note) == (
        HandoffStatus.REJECTED,
        "Sold the company.",
    )


def test_the_queue_is_worked_by_keyboard(page_of, rep):
    first, second = offer("Okafor", hours_ago=3), offer("Holm", hours_ago=2)
    page = page_of(rep.user)
    page.goto("/queue/")

    page.keyboard.press("j")
    page.keyboard.press("a")
    row(page, first).get_by_role("link", name="Open the lead").wait_for()
    page.wait_for_function(f"document.activeElement.id === 'handoff-{second.pk}'")
    page.keyboard.press("r")

    page.locator("dialog[open]").wait_for()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    second.refresh_from_db()
    assert second.is_open


def test_the_keys_can_be_switched_off(page_of, rep):
    handoff = offer("Okafor", hours_ago=3)
    page = page_of(rep.user)
    page.goto("/queue/")
    page.get_by_label("Keyboard shortcuts").uncheck()
    page.reload()

    row(page, handoff).focus()
    page.keyboard.press("r")

    assert not page.get_by_label("Keyboard shortcuts").is_checked()
    assert not page.locator("dialog[open]").count()


def test_who_is_slower_sees_who_was_faster(page_of, rep):
    handoff = offer("Okafor", hours_ago=1)
    page = page_of(rep.user, expecting={409})
    page.goto("/queue/")
    manager = UserFactory(role=Role.MANAGER, name="Mona Weber")
    lifecycle.accept(handoff=handoff, actor=manager, now=timezone.now())

    row(page, handoff).get_by_role("button", name="Accept").click()

    row(page, handoff).get_by_text("Mona Weber accepted this lead").wait_for()
    assert page.locator(".toast.error").count() == 1


def test_a_manager_filters_and_reassigns(page_of, rep):
    other = RepFactory(team=rep.team, user__name="Ben Okoro")
    handoff = offer("Okafor", hours_ago=1)
    page = page_of(UserFactory(role=Role.MANAGER))
    page.goto("/queue/")

    page.get_by_label("Rep").select_option(label="Ana Ruiz")
    page.wait_for_url("**owner=*")
    row(page, handoff).get_by_role("link", name="Reassign").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Ben Okoro").check()
    dialog.get_by_label("Reason").fill("Speaks the language")
    dialog.get_by_role("button", name="Reassign").click()

    row(page, handoff).get_by_text("Ben Okoro").wait_for()
    assert page.locator("#queue-figures .kpi-value").first.inner_text().startswith("0")
    handoff.refresh_from_db()
    assert handoff.rep == other.user


def test_a_manager_gives_ticked_leads_of_all_teams_away(page_of, rep):
    other = RepFactory(team=rep.team, user__name="Ben Okoro")
    first, second = offer("Okafor", hours_ago=3), offer("Holm", hours_ago=2)
    Handoff.objects.update(rep=rep.user)
    page = page_of(UserFactory(role=Role.MANAGER))
    page.goto("/queue/?tab=team")

    page.get_by_label("Tick Maya Okafor").check()
    page.get_by_label("Tick Maya Holm").check()
    page.get_by_role("button", name="Reassign ticked… 2").click()
    page.get_by_label("To whom").select_option(f"{other.pk}")
    page.get_by_role("button", name="Show who gets what").click()
    page.get_by_label("Reason").fill("Ana is ill")
    page.get_by_role("button", name="Give 2 leads away").click()

    page.get_by_text("2 leads moved.").wait_for()
    assert {one.rep for one in Handoff.objects.all()} == {other.user}
    assert {first.pk, second.pk} == set(Handoff.objects.values_list("pk", flat=True))


def test_every_tab_is_accessible_and_fits_a_phone(page_of, rep):
    done = offer("Prado", hours_ago=9)
    lifecycle.accept(handoff=done, actor=rep.user, now=timezone.now())
    offer("Okafor", hours_ago=25)

    tabs = ["/queue/", "/queue/?tab=pool", "/queue/?tab=decided"]
    assert_pages_hold(page_of(rep.user), tabs)


def test_a_lead_is_decided_and_sold_on_its_own_page(page_of, rep):
    handoff = offer("Okafor", hours_ago=1)
    page = page_of(rep.user)
    page.goto(f"/leads/{handoff.lead.pk}/")
    assert_accessible(page)

    page.get_by_role("button", name="Accept").click()
    page.get_by_role("link", name="Open a deal").click()
    page.get_by_label("Amount").fill("1200")
    page.get_by_role("button", name="Open the deal").click()
    page.get_by_role("link", name="Won…").click()
    page.get_by_label("Because").select_option("Price")
    page.get_by_role("button", name="Won", exact=True).click()

    page.locator(".toast", has_text="is a customer").wait_for()
    assert_accessible(page)
    assert page.get_by_role("button", name="Reopen").count() == 1


def test_the_brief_opens_beside_the_list_and_a_decision_is_taken_back(page_of, rep):
    handoff, _other = offer("Okafor", hours_ago=3), offer("Holm", hours_ago=2)
    page = page_of(rep.user)
    page.goto("/queue/")

    row(page, handoff).focus()
    page.keyboard.press("Enter")
    panel = page.locator("#queue-panel .panel")
    panel.get_by_role("heading", name="Maya Okafor").wait_for()
    page.wait_for_url("**open=*")
    assert_accessible(page)
    panel.get_by_role("button", name="Accept").click()
    panel.get_by_text("Ana Ruiz accepted this lead").wait_for()
    page.locator(".toast").get_by_role("button", name="Undo").click()

    row(page, handoff).get_by_role("button", name="Accept").wait_for()
    handoff.refresh_from_db()
    assert handoff.is_open
    assert_fits_a_phone(page)


def test_ticked_rows_are_accepted_by_keyboard(page_of, rep):
    first, second = offer("Okafor", hours_ago=3), offer("Holm", hours_ago=2)
    page = page_of(rep.user)
    page.goto("/queue/")
    page.keyboard.press("?")
    page.locator("#queue-help[open]").wait_for()
    assert_accessible(page)
    page.keyboard.press("Escape")

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_role("button", name="Accept ticked 2").click()

    page.get_by_text("2 leads are yours.").wait_for()
    page.get_by_text("Nothing waits for you").wait_for()
    assert not Handoff.objects.pending().exists()
    assert {first.pk, second.pk} <= set(Handoff.objects.values_list("pk", flat=True))


def test_a_note_outlives_the_session_until_it_is_sent(page_of, rep):
    handoff = offer("Okafor", hours_ago=1)
    page = page_of(rep.user, expecting={401})
    page.goto("/queue/")
    row(page, handoff).get_by_role("link", name="Reject…").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Bad timing").check()
    dialog.get_by_role("textbox", name="Note").fill("Ask again in May.")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="session")
    dialog.get_by_role("button", name="Reject").click()
    page.wait_for_url("**/auth/login/**")

    page.context.add_cookies(cookies)
    page.goto("/queue/")
    row(page, handoff).get_by_role("link", name="Reject…").click()
    assert dialog.get_by_role("textbox", name="Note").input_value() == (
        "Ask again in May."
    )
    dialog.get_by_label("Bad timing").check()
    dialog.get_by_role("button", name="Reject").click()

    row(page, handoff).get_by_text("Rejected", exact=True).wait_for()
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('draft:'))"
    assert page.evaluate(kept) == []


@pytest.mark.parametrize("address", ["/queue/", "/auth/logout/"])
def test_no_note_outlives_a_deliberate_sign_out(page_of, rep, address):
    handoff = offer("Okafor", hours_ago=1)
    page = page_of(rep.user)
    page.goto("/queue/")
    others = f"draft:{rep.user.pk}0:reason"
    page.evaluate("(name) => localStorage.setItem(name, '{}')", others)
    row(page, handoff).get_by_role("link", name="Reject…").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("textbox", name="Note").fill("Ask again in May.")
    page.evaluate("sessionStorage.setItem('draft:1-bant-budget', 'Half')")
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('draft:'))"
    assert len(page.evaluate(kept)) == 2

    page.goto(address)
    if address == "/queue/":
        page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/auth/login/")

    assert page.evaluate(kept) == [others]
    assert page.evaluate("Object.keys(sessionStorage)") == []


def test_who_reads_a_brief_decides_from_there_and_goes_on_with_the_next(page_of, rep):
    first, second = offer("Okafor", hours_ago=3), offer("Holm", hours_ago=2)
    page = page_of(rep.user)
    page.goto("/queue/")

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("[data-panel-title]")).to_be_focused()
    page.keyboard.press("a")
    page.locator("#queue-panel").get_by_text("Ana Ruiz accepted this lead").wait_for()

    expect(row(page, second)).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("#queue-panel").get_by_role("heading", name="Maya Holm").wait_for()
    page.keyboard.press("Escape")
    expect(row(page, second)).to_be_focused()
    first.refresh_from_db()
    assert (first.status, first.decided_by) == (HandoffStatus.ACCEPTED, rep.user)


def test_working_time_counts_down_while_the_page_is_open(page_of, rep):
    """An hour until the evening, and half an hour of the next morning."""
    handoff = offer("Okafor", hours_ago=1)
    page = page_of(rep.user)
    page.clock.install()
    page.goto("/queue/")
    time = row(page, handoff).locator("time")
    now = int(timezone.now().timestamp())
    spans = f"{now}-{now + 3_600} {now + 50_000}-{now + 51_800}"
    due_at = (timezone.now() + timedelta(seconds=51_800)).isoformat()
    time.evaluate(
        "(time, [open, due]) => { time.dataset.open = open; time.dateTime = due; }",
        [spans, due_at],
    )

    page.clock.fast_forward(31_000)
    expect(time).to_have_text("1 h 29 min working time left")
    # What was asked for meanwhile would have waited ten hours for its answer.
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.clock.fast_forward("10:00:00")
    expect(time).to_have_text("30 min working time left")
    assert time.get_attribute("data-state") == "soon"


def test_one_thumb_opens_ticks_and_decides(page_of, rep):
    handoff = offer("Okafor", hours_ago=1)
    page = page_of(rep.user, width=390, height=844, has_touch=True)
    page.goto("/queue/")
    touched = row(page, handoff)

    for target in (touched.locator(".queue-tick label"), touched.locator(".who")):
        assert target.bounding_box()["height"] >= 32
    touched.locator(".queue-tick label").tap()
    assert page.get_by_role("checkbox", name="Tick Maya Okafor").is_checked()
    company = touched.locator(".who small").bounding_box()
    page.touchscreen.tap(company["x"] + 20, company["y"] + 5)
    accept = page.locator("#queue-panel").get_by_role("button", name="Accept")
    accept.wait_for()
    assert accept.bounding_box()["y"] > 844 * 2 / 3
    accept.tap()

    page.locator("#queue-panel").get_by_text("Ana Ruiz accepted this lead").wait_for()


def test_the_leads_page_offers_no_longer_than_ten_seconds_to_take_back(page_of, rep):
    handoff = offer("Okafor", hours_ago=1)
    page = page_of(rep.user)
    page.clock.install()
    page.goto(f"/leads/{handoff.lead.pk}/")
    page.get_by_role("button", name="Accept").click()
    undo = page.get_by_role("button", name="Undo")
    undo.wait_for()

    page.clock.fast_forward(10_500)

    expect(undo).to_have_count(0)
