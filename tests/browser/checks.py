"""What every page must hold, asked of an open page."""

from pathlib import Path

AXE = (Path(__file__).resolve().parent / "vendor" / "axe.min.js").read_text()
RUN_AXE = """
    () => axe.run(document, {
      resultTypes: ["violations"],
      rules: {"target-size": {enabled: true}},
    }).then(({violations}) => violations.flatMap(({id, help, nodes}) =>
      nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)}`)))
"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def assert_accessible(page, schemes=("light", "dark")):
    """axe-core finds nothing, in these themes."""
    page.evaluate(AXE)
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        violations = page.evaluate(RUN_AXE)
        assert not violations, f"in the {scheme} theme: " + "; ".join(violations)


def assert_fits_a_phone(page):
    """At 390 px nothing sticks out to the side."""
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(OVERFLOW) <= 0


def assert_pages_hold(page, addresses):
    """Each page is accessible on a light desk and on a dark phone, which it fits.

    One test for many addresses: making their rows anew costs more than looking. Colours
    depend on the theme and places on the width, so two of the four views see all.
    """
    for address in addresses:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address)
        assert_accessible(page, ["light"])
        assert_fits_a_phone(page)
        assert_accessible(page, ["dark"])
