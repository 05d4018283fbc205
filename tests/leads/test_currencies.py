"""The currency in which a workspace keeps its reports."""

import pytest
from django.core.checks import run_checks

from handoff.models import Deal
from handoff.selling.deal_forms import WinForm
from leads.models import Campaign

pytestmark = pytest.mark.django_db


def test_a_setting_that_is_no_currency_is_found_at_the_start(settings):
    settings.CURRENCY = "EURO"

    (error,) = [each for each in run_checks() if each.id == "baton.E001"]

    assert error.msg == "CURRENCY is no currency: 'EURO'."


def test_what_names_no_currency_is_in_that_of_the_workspace(settings):
    settings.CURRENCY = "CHF"

    assert (Deal().currency, Campaign().currency) == ("CHF", "CHF")
    assert "is worth in CHF" in WinForm().fields["rate"].help_text
