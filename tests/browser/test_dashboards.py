from datetime import UTC, datetime

import pytest

from leads.choices import Role
from reports import dashboards, digests, tiles
from reports.dashboards import Shown
from reports.models import Digest
from tests.browser.checks import assert_pages_hold
from tests.browser.mouse import drag
from tests.leads.factories import UserFactory
from tests.reports.factories import mql

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = ["funnel:stages", "agreement:figures", "throughput:ratios"]


@pytest.fixture
def manager(db):
    return UserFactory(role=Role.MANAGER)


@pytest.fixture
def board(manager):
    mql()
    return dashboards.create(owner=manager, name="Board", keys=KEYS)


def placed(board):
    return [tile.key for tile in board.tiles.all()]


def arranging(board):
    return f"/dashboards/{board.pk}/arrange/"


def wait_until_placed(page, board, keys):
    for _ in range(50):
        if placed(board) == keys:
            return
        page.wait_for_timeout(100)
    assert placed(board) == keys


def shown(page):
    """The tiles as they stand on the page."""
    tiles = page.locator("[data-tile-order] > [data-key]:not(.sortable-fallback)")
    return tiles.evaluate_all("all => all.map(each => each.dataset.key)")


def grip_of(page, key):
    return page.locator(f'[id="grip-{key}"]')


@pytest.mark.parametrize("is_list", [True, False])
def test_tiles_are_dragged_in_the_list_and_on_the_dashboard(
    page_of, manager, board, is_list
):
    page = page_of(manager)
    page.goto(arranging(board) if is_list else board.get_absolute_url())

    swapped = [KEYS[1], KEYS[0], KEYS[2]]

    drag(
        page,
        grip_of(page, KEYS[0]),
        onto=page.locator(f'[data-key="{KEYS[1]}"]'),
        until=lambda: shown(page) == swapped,
    )

    wait_until_placed(page, board, swapped)
    page.reload()
    assert shown(page) == swapped


@pytest.mark.parametrize("is_list", [True, False])
def test_the_arrow_keys_move_a_tile_and_keep_the_focus_on_it(
    page_of, manager, board, is_list
):
    page = page_of(manager)
    page.goto(arranging(board) if is_list else board.get_absolute_url())
    grip = grip_of(page, KEYS[0])

    grip.focus()
    page.keyboard.press("ArrowDown")
    wait_until_placed(page, board, [KEYS[1], KEYS[0], KEYS[2]])
    page.wait_for_timeout(300)
    page.keyboard.press("ArrowDown")

    wait_until_placed(page, board, [KEYS[1], KEYS[2], KEYS[0]])
    assert page.evaluate("document.activeElement.id") == f"grip-{KEYS[0]}"


def test_a_dashboard_and_its_arranging_are_accessible_and_fit_a_phone(
    page_of, manager, board
):
    pages = ["/dashboards/", board.get_absolute_url(), arranging(board)]

    assert_pages_hold(page_of(manager), pages)


@pytest.mark.parametrize("width", [320, 390, 600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_weekly_mail_fits_the_window_of_any_mail_reader(
    page_of, manager, width, scheme
):
    source = "a source whose name is long and unbreakable" + "x" * 50
    for _number in range(20):
        mql(source=source)
    now = datetime(2026, 3, 30, 7, tzinfo=UTC)
    every = Shown("Every tile", tuple(tiles.TILES), frozenset(), "90d")
    digest = Digest(person=manager, week=digests.week_of(now))
    sent = digests.message(digest=digest, shown=every, now=now)
    page = page_of(manager)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)

    page.set_content(sent.alternatives[0][0])

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("heading", name="Every tile").is_visible()
