"""Bringing a file as a person does, by the pages of imports."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from leads.capture.models import FileImport
from leads.capture.uploads import running
from tests.leads.factories import NOON


def upload(client, content, name="people.csv", **said):
    content = content if isinstance(content, bytes) else content.encode()
    file = SimpleUploadedFile(name, content)
    said = {"kind": "leads", "system": "", "file": file} | said
    return client.post(reverse("imports:list"), said)


def start(client, file_import, **changes):
    said = {
        f"column_{index}": file_import.fields_by_column[column]
        for index, column in enumerate(file_import.columns)
    }
    said |= {"known": "update", "start": "1"} | changes
    return client.post(file_import.get_absolute_url(), said)


def run_all():
    for _turn in range(20):
        running.continue_owed(now=NOON)


def brought(client, content, name="people.csv", **changes):
    """Upload the file, start it, let the worker end it."""
    upload(client, content, name)
    return taken_in(client, FileImport.objects.latest("pk"), **changes)


def taken_in(client, file_import, **changes):
    """Start the draft, and let the worker end it."""
    FileImport.objects.update(not_before=NOON)
    assert start(client, file_import, **changes).status_code == 302
    FileImport.objects.update(not_before=NOON)
    run_all()
    file_import.refresh_from_db()
    return file_import


def try_it(client, file_import):
    said = {
        f"column_{index}": file_import.fields_by_column[column]
        for index, column in enumerate(file_import.columns)
    }
    address = file_import.get_absolute_url()
    return client.post(address, said | {"known": "update", "try": "1"}, follow=True)
