"""Dragging as a hand does it: let go once the page shows the thing there."""

from playwright.sync_api import Error

NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => done(true)))"
FRAMES = 300  # about five seconds of drawn frames
MIDDLE = (0.5, 0.5)


def place_on(locator, part):
    """The point of the page at that part of a box: (0, 0) is its left upper corner."""
    box = locator.bounding_box()
    return box["x"] + box["width"] * part[0], box["y"] + box["height"] * part[1]


def drag(page, thing, *, onto, until, hold=MIDDLE, aim=MIDDLE):
    """Hold a thing at a part of it, move over a part of the target, let go in time.

    SortableJS takes no notice of a mouse that rests while rows slide, so the mouse
    keeps stirring until `until()` holds.
    """
    page.mouse.move(*place_on(thing, hold))
    page.mouse.down()
    x, y = place_on(onto, aim)
    page.mouse.move(x, y, steps=12)
    for frame in range(FRAMES):
        if until():
            break
        page.mouse.move(x + frame % 3, y - frame % 5)
        page.evaluate(NEXT_FRAME)
    else:
        raise Error("the page never showed the dragged thing at its new place")
    page.mouse.up()
