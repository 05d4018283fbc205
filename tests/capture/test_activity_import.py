from datetime import UTC, datetime

import pytest

from leads.choices import ActivityKind
from leads.models import Activity, Campaign, Standing
from tests.capture.shell import run
from tests.leads.factories import LeadFactory

pytestmark = pytest.mark.django_db
HEADER = "id,lead_id,email,kind,at,url,subject,campaign,properties.minutes\n"


@pytest.fixture
def import_activities(tmp_path):
    def import_content(rows):
        options = ("--map=id=external_id", "--set=source_system=crm")
        return run("import_activities", tmp_path, HEADER + rows, *options)

    return import_content


def test_every_field_of_an_activity_is_taken(import_activities):
    lead = LeadFactory(external_id="7", source_system="crm")

    import_activities("e1,7,,Webinar attended,2026-03-01T10:00Z,/w,Talk,Spring,45\n")

    activity = Activity.objects.get()
    assert (activity.lead, activity.kind) == (lead, ActivityKind.WEBINAR_ATTENDED)
    assert activity.occurred_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (activity.source_system, activity.external_id) == ("crm", "e1")
    assert (activity.url, activity.subject) == ("/w", "Talk")
    assert activity.campaign == Campaign.objects.get(name="Spring")
    assert activity.properties == {"minutes": 45}


def test_the_same_file_again_records_nothing_and_owes_no_rescore(import_activities):
    LeadFactory(email="a@b.example")
    rows = "e1,,A@b.example,chat,2026-03-01,,,,\n,,a@b.example,call,2026-03-01,,,,\n"
    first = import_activities(rows)
    second = import_activities(rows)

    assert first == "created 2, updated 0, unchanged 0, refused 0\n"
    assert second == "created 0, updated 0, unchanged 2, refused 0\n"
    assert Standing.objects.get().stale_seq == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            "e,9,,chat,2026-03-01,,,,",
            "column lead_id: there is no lead “9” of the system",
        ),
        ("e,,x@y.example,chat,2026-03-01,,,,", "column email: there is no lead with"),
        ("e,,,chat,2026-03-01,,,,", "column lead_id: neither the lead's external id"),
        ("e,,a@b.example,dance,2026-03-01,,,,", "column kind: “dance” is none of page"),
        ("e,,a@b.example,,2026-03-01,,,,", "column kind: is empty"),
        ("e,,a@b.example,chat,,,,,", "column at: is empty"),
        ("e,,a@b.example,chat,2099-01-01,,,,", "“2099-01-01” lies in the future"),
        (
            "e,1,c@d.example,chat,2026-03-01,,,,",
            "email: is the address of another lead",
        ),
    ],
)
def test_a_row_at_fault_is_refused_and_the_next_is_recorded(
    import_activities, row, reason
):
    LeadFactory(email="a@b.example", external_id="1", source_system="crm")
    LeadFactory(email="c@d.example")

    printed = import_activities(f"{row}\nok,,a@b.example,chat,2026-03-01,,,,\n")

    assert f"line 2, {reason}" in printed or reason in printed
    assert "created 1, updated 0, unchanged 0, refused 1\n" in printed
    assert Activity.objects.get().external_id == "ok"
