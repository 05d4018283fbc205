"""What every test may ask for, and what keeps the suite quick."""

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

from tests import workspaces


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test's database, and the rows of a workspace at hand."""
    with django_db_blocker.unblock():
        workspaces.keep_rows()


@pytest.fixture
def workspace(db):
    """A workspace as `manage.py setup` leaves it."""
    workspaces.set_up()


@pytest.fixture(scope="session", autouse=True)
def flush_by_delete():
    """Emptying a hundred tables of few rows: TRUNCATE takes a file of each anew."""

    def delete_from_each(self, style, tables, **options):
        names = map(self.quote_name, tables)
        deletes = [f"DELETE FROM {name}" for name in names]  # noqa: S608 - our own
        return [
            "SET LOCAL session_replication_role = replica",
            "; ".join(deletes) or "SELECT 1",
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", delete_from_each)
        yield
