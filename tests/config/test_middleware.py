import pytest
from django.urls import reverse

from leads.choices import Role
from tests.leads.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("", "2 Mar 2026 12:00"),
        ("America/Lima", "2 Mar 2026 07:00"),
        ("Asia/Kolkata", "2 Mar 2026 17:30"),
        # Known to another release of the zones, or written by hand.
        ("Berlin", "2 Mar 2026 12:00"),
        ("../etc/passwd", "2 Mar 2026 12:00"),
        ("Europe", "2 Mar 2026 12:00"),
    ],
)
def test_times_are_shown_in_the_zone_of_the_person(client, marketer, zone, shown):
    marketer.time_zone = zone
    marketer.save(update_fields=["time_zone"])
    lead = LeadFactory()

    response = client.get(reverse("leads:detail", args=[lead.pk]))

    assert f"{shown}</time>" in response.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_no_cache_keeps_what_a_person_who_signed_in_has_seen(client, marketer, headers):
    LeadFactory()

    response = client.get(reverse("leads:list"), headers=headers)

    assert "no-store" in response["Cache-Control"]


def test_a_static_file_may_be_kept(client, marketer, settings, tmp_path):
    (tmp_path / "mark.svg").write_text("<svg/>")
    settings.WHITENOISE_ROOT = tmp_path

    response = client.get("/mark.svg")

    assert (response.status_code, b"".join(response)) == (200, b"<svg/>")
    assert "no-store" not in response["Cache-Control"]


def test_what_is_not_there_has_our_page_in_a_demo_too(client, settings):
    settings.DEBUG = True
    client.force_login(UserFactory())

    response = client.get("/leads/404/")

    assert response.status_code == 404
    assert b"Baton" in response.content
    assert b"URLconf" not in response.content
