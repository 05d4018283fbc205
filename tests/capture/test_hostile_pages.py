"""The hostile list by the pages of imports: every cell, and every number."""

import csv
from io import StringIO

import pytest
from django.urls import get_resolver

from leads.capture.models import FileImport, ImportTrial, RefusedRow
from leads.choices import Role
from leads.models import Lead, Standing
from tests import bad_inputs
from tests.bad_inputs import listed
from tests.capture.bringing import taken_in, try_it, upload
from tests.leads.factories import UserFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not bad_inputs.GROUPS, reason="the shared list is absent"),
]
COLUMNS = {"email": "email", "text": "last_name", "dates": "created_at"}


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.IMPORTS_DIR = tmp_path
    settings.BELLS = {bell: [] for bell in settings.BELLS}


@pytest.fixture
def admin(client):
    user = UserFactory(role=Role.ADMINISTRATOR, is_superuser=True)
    client.force_login(user)
    client.raise_request_exception = False
    return user


def text_of(case):
    return str(bad_inputs.value_of(case)).encode("utf-8", "replace").decode()


def test_every_hostile_cell_is_tried_and_taken_alike_or_refused_in_words(client, admin):
    wrong = []
    for group, column in COLUMNS.items():
        cases = [
            (case, expect)
            for case, expect in listed(group)
            if "\0" not in text_of(case) and text_of(case).strip()
        ]
        stream = StringIO()
        rows = [[f"{case['id']}", text_of(case)] for case, _expect in cases]
        csv.writer(stream).writerows([["external_id", column], *rows, ["last", ""]])
        upload(client, stream.getvalue(), f"{group}.csv")
        draft = FileImport.objects.latest("pk")
        page = try_it(client, draft)
        trial = ImportTrial.objects.get()
        done = taken_in(client, draft)

        taken = {*Lead.objects.values_list("external_id", flat=True)}
        for case, expect in cases:
            if (expect, case["id"] in taken) in (("reject", True), ("accept", False)):
                wrong.append((group, case["id"], expect))
        assert page.status_code == 200
        assert "last" in taken
        tried = (trial.created, trial.updated, trial.refused)
        assert tried == (done.created, done.updated, done.refused), group
        assert done.refused == RefusedRow.objects.filter(file_import=done).count()
        assert not RefusedRow.objects.filter(reason="").exists()
    assert Standing.objects.count() == Lead.objects.count()
    assert wrong == []


def test_a_cell_with_a_nul_refuses_the_file_and_leaves_nothing(client, admin):
    for group, column in COLUMNS.items():
        for case, _expect in listed(group):
            if "\0" in text_of(case):
                answer = upload(client, f"external_id,{column}\n1,{text_of(case)}\n")
                assert answer.status_code == 422, case["id"]
    assert not FileImport.objects.exists()


def numbered(resolver, prefix=""):
    """The addresses with one number in them: what stands before it and after."""
    for pattern in resolver.url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            yield from numbered(pattern, route)
        elif route.count("<") == 1 and "<int:pk>" in route:
            yield f"/{route}".split("<int:pk>")


def test_no_strange_number_in_an_address_is_an_error_of_ours(client, admin):
    """Numbers too large for a column by every address, what is no number by some."""
    rooms = ("/imports/", "/forms/", "/settings/", "/accounts/", "/leads/")
    addresses = [it for it in numbered(get_resolver()) if it[0].startswith(rooms)]
    assert len(addresses) > 40
    values = [case["value"].replace("{lead}", "1") for case, _ in listed("ids")]
    large = [value for value in values if value.isdecimal() and len(value) > 18]
    asked = [(large[turn % 2], *it) for turn, it in enumerate(addresses)]
    asked += [(value, *addresses[turn]) for turn, value in enumerate(values)]
    wrong = []
    for turn, (value, before, after) in enumerate(asked):
        ask = client.post if turn % 3 else client.get
        answer = ask(f"{before}{value}{after}")
        if answer.status_code not in (302, 400, 404, 405):
            wrong.append((value, before, after, answer.status_code))
    assert wrong == []
