from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from leads import sweeping
from leads.choices import Role, Stage
from leads.models import Standing, User
from tests.leads.factories import NOON, LeadFactory

pytestmark = pytest.mark.django_db


def make(*options):
    printed = StringIO()
    known = ["ana@acme.example", "--role=rep", "--password=a-long-passphrase"]
    call_command("create_user", *known, *options, stdout=printed)
    return printed.getvalue()


def test_a_person_is_made_with_role_and_time_zone():
    printed = make("--name=Ana", "--time-zone=America/Lima")

    ana = User.objects.get()
    assert printed == "ana@acme.example may sign in as rep.\n"
    assert (ana.name, ana.time_zone) == ("Ana", "America/Lima")
    assert [group.name for group in ana.groups.all()] == [Role.REP]


@pytest.mark.parametrize("zone", ["Berlin", "../etc/passwd", "Europe"])
def test_nobody_is_made_in_a_time_zone_that_nobody_knows(zone):
    with pytest.raises(CommandError, match=f"“{zone}” is no time zone"):
        make(f"--time-zone={zone}")

    assert not User.objects.exists()


def recycled(returns_at):
    lead = LeadFactory(stage=Stage.RECYCLED)
    Standing.objects.filter(lead=lead).update(returns_at=returns_at)
    return lead


def test_a_sweep_does_what_is_owed_at_its_instant(workspace):
    lead = recycled(NOON)

    call_command("sweep", "--now=2026-03-02T11:59:59Z")
    assert Standing.objects.get(lead=lead).stage == Stage.RECYCLED

    call_command("sweep", "--now=2026-03-02T12:00")
    assert Standing.objects.get(lead=lead).stage != Stage.RECYCLED


def test_a_sweep_is_told_in_one_line_that_its_instant_is_none():
    with pytest.raises(CommandError) as refused:
        call_command("sweep", "--now=noon")

    assert str(refused.value) == "--now: Invalid isoformat string: 'noon'"


def test_every_duty_is_done_in_order_and_at_one_instant(settings, monkeypatch):
    done = []
    duties = {name: lambda now, name=name: done.append((name, now)) for name in "ab"}
    monkeypatch.setattr(sweeping, "import_string", duties.__getitem__)
    settings.DUTIES = ["a", "b"]

    sweeping.do_duties(now=NOON)

    assert done == [("a", NOON.isoformat()), ("b", NOON.isoformat())]
