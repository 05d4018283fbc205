"""What every test may ask for."""

import pytest
from django.core.management import call_command


@pytest.fixture
def workspace(db):
    """A workspace as `manage.py setup` leaves it."""
    call_command("setup")
