"""Form fields that we draw ourselves."""

import pytest
from django import forms
from pytest_django.asserts import assertHTMLEqual

from config.widgets import LongSelect

PEOPLE = [("", "Everybody"), (1, "Ada & Bo"), ('2"', "<b>Cy</b>")]


@pytest.mark.parametrize("chosen", [None, "", 1, "1", '2"', "gone"])
def test_a_long_select_is_drawn_as_the_librarys(chosen):
    given = {"name": "rep", "value": chosen, "attrs": {"id": "id_rep", "required": 1}}
    drawn = LongSelect(choices=PEOPLE, attrs={"class": "wide"}).render(**given)
    assertHTMLEqual(
        drawn, forms.Select(choices=PEOPLE, attrs={"class": "wide"}).render(**given)
    )
