import re
from pathlib import Path

import pytest

from reports.catalogue import REPORTS

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "reports.md"


def plain(text):
    return re.sub(r"\s+", " ", text)


DEFINED = {
    definition.slug: definition
    for report in REPORTS.values()
    for definition in report.definitions
}


@pytest.mark.parametrize("definition", DEFINED.values(), ids=DEFINED)
def test_the_user_guide_defines_a_metric_in_the_words_of_its_page(definition):
    guide = plain(GUIDE.read_text())

    assert f"### {definition.name}" in guide
    for text in (definition.formula, definition.window, definition.denominator):
        assert plain(str(text)) in guide
