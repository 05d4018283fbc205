import runpy
from pathlib import Path

import pytest
from django.conf import settings

FILE = Path(settings.BASE_DIR) / "config" / "settings.py"
POSTGRES = "postgres://baton:secret@db.example:5432/baton"


@pytest.fixture
def read(monkeypatch):
    """The settings of a machine with these environment variables."""

    def read_with(**variables):
        for name, value in {"SECRET_KEY": "x", "DEBUG": "false", **variables}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(FILE))

    return read_with


def test_options_of_the_databases_address_join_our_own(read):
    known = read(DATABASE_URL=f"{POSTGRES}?sslmode=require")

    options = known["DATABASES"]["default"]["OPTIONS"]
    assert options == {"pool": {"timeout": 5}, "sslmode": "require"}


def test_sqlite_keeps_our_options_beside_those_of_its_address(read):
    known = read(DATABASE_URL="sqlite:////tmp/none.sqlite3?timeout=5")

    options = known["DATABASES"]["default"]["OPTIONS"]
    assert (options["timeout"], options["transaction_mode"]) == (5, "IMMEDIATE")


def test_limits_count_people_and_not_their_proxy(read):
    assert "ALLAUTH_TRUSTED_PROXY_COUNT" not in read(BEHIND_PROXY="false")
    assert read(BEHIND_PROXY="true")["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1
    known = read(BEHIND_PROXY="true", PROXY_COUNT="2")
    assert known["ALLAUTH_TRUSTED_PROXY_COUNT"] == 2


def test_ids_and_targets_in_pages_are_plain_numbers():
    # With separators the lead 1234 would be “1,234” in an address or an `hx-target`.
    assert settings.USE_THOUSAND_SEPARATOR is False


def test_uploads_have_a_folder_of_their_own_beside_the_database(read):
    machine = read()

    assert machine["IMPORTS_DIR"] == machine["VAR_DIR"] / "imports"
    assert callable(machine["IMPORTS_DIR"].mkdir)
