"""Who meets somebody else's lock is told to come back, on pages and in the API."""

import re
import sqlite3

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from leads.capture.models import FileImport, ImportTrial
from leads.choices import Role
from leads.owed import OwedState
from tests.capture.bringing import try_it, upload
from tests.leads.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
WRITES = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "?leads_')


class NoLockInTimeError(Exception):
    """What psycopg raises, as far as it is looked at."""

    sqlstate = "55P03"


def locked():
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = 5
    return error


@pytest.fixture(params=[NoLockInTimeError, locked], ids=["postgresql", "sqlite"])
def somebody_writes(request):
    """Every statement that writes to leads waits too long."""

    def refuse(execute, sql, *rest):
        if WRITES.search(sql):
            raise OperationalError("canceling statement") from request.param()
        return execute(sql, *rest)

    return lambda: connection.execute_wrapper(refuse)


@pytest.fixture
def patient(client):
    client.raise_request_exception = False
    client.force_login(UserFactory(role=Role.MANAGER))
    return client


@pytest.fixture
def lead():
    return LeadFactory(stage="mql")


@pytest.mark.parametrize("is_debugging", [False, True])
def test_a_page_says_that_somebody_else_writes(
    patient, lead, settings, is_debugging, somebody_writes
):
    settings.DEBUG = is_debugging

    with somebody_writes():
        answer = patient.post(f"/leads/{lead.pk}/edit/", {"last_name": "Ruiz"})

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Somebody else is writing there just now" in answer.text
    assert "Traceback" not in answer.text


def test_trying_what_would_become_of_many_leads_says_so_too(
    patient, lead, somebody_writes
):
    typed = {"kind": "tag", "tag": "Fair", "step": "preview", "layout": "table"}

    with somebody_writes():
        answer = patient.post(reverse("bulk:new"), {**typed, "lead": lead.pk})

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert not lead.tags.exists()


def test_a_trial_of_a_file_that_meets_a_lock_goes_on_by_itself(
    patient, settings, tmp_path, somebody_writes
):
    settings.IMPORTS_DIR = tmp_path
    settings.BELLS = {bell: [] for bell in settings.BELLS}
    LeadFactory(email="ada@acme.example", first_name="A.")
    upload(patient, "email,first_name\nada@acme.example,Ada\n")
    file_import = FileImport.objects.get()

    with somebody_writes():
        answer = try_it(patient, file_import)

    assert answer.status_code == 200
    assert "Somebody else writes the same records" in answer.text
    trial = ImportTrial.objects.get()
    assert (trial.state, trial.lease_until) == (OwedState.DUE, None)


def test_htmx_tells_it_as_a_toast(patient):
    assert 'data-error503="' in patient.get("/queue/").text


def test_a_database_that_is_away_is_not_called_busy(patient, lead):
    def away(*_query):
        raise OperationalError("no connection")

    with connection.execute_wrapper(away):
        answer = patient.get("/queue/")

    assert "cannot reach its database" in answer.text
