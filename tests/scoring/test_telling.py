"""Who works with scores hears that another version of the model decides."""

from datetime import timedelta

import pytest

from leads.choices import MailTiming, NotificationKind, Role
from leads.models import Notification, NotificationChoice, NotificationDelivery
from scoring import defaults, lifecycle, versions
from scoring.models import ScoringModel
from tests.leads.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture
def active():
    defaults.ensure_model()
    return ScoringModel.objects.get()


@pytest.fixture
def draft(active):
    return versions.copy(model=active, actor=None, now=NOON)


def news():
    return Notification.objects.filter(kind=NotificationKind.MODEL_ACTIVATED)


def test_managers_and_marketers_hear_who_activated_what_and_where_to_look(
    client, active, draft
):
    mia = UserFactory(role=Role.MARKETER, name="Mia Brandt")
    hears = [UserFactory(role=Role.MARKETER), UserFactory(role=Role.MANAGER)]
    UserFactory(role=Role.REP)
    UserFactory(role=Role.MARKETER, is_active=False)
    rule = draft.rules.get(position=1)
    draft.rules.filter(pk=rule.pk).update(points=rule.points + 7)

    lifecycle.activate(model=draft, note="Fewer, better", actor=mia, now=LATER)

    assert {one.person for one in news()} == set(hears)
    told = news().filter(person=hears[0]).get()
    assert told.title == "Mia Brandt let version 2 of the scoring model decide"
    assert told.lines == [f"Changed: {rule.name}", "Fewer, better"]
    client.force_login(hears[0])
    assert client.get(told.path).context["found"].count == 1


def test_going_back_to_a_version_is_another_event(active, draft):
    UserFactory(role=Role.MARKETER)
    lifecycle.activate(model=draft, note="", actor=None, now=LATER)
    active.refresh_from_db()

    lifecycle.activate(
        model=active, note="", actor=None, now=LATER + timedelta(hours=1)
    )

    titles = [one.title for one in news().order_by("pk")]
    assert titles == [
        "Version 2 of the scoring model decides",
        "Version 1 of the scoring model decides",
    ]
    assert news().first().lines == ["It says the same as the version before."]


def test_the_first_model_of_a_workspace_is_no_news():
    UserFactory(role=Role.MANAGER)

    defaults.ensure_model()

    assert not news().exists()


def test_it_is_mailed_only_to_whoever_wants_it(active, draft):
    wants = UserFactory(role=Role.MARKETER)
    UserFactory(role=Role.MARKETER)
    NotificationChoice.objects.create(
        person=wants, kind=NotificationKind.MODEL_ACTIVATED, mail=MailTiming.AT_ONCE
    )

    lifecycle.activate(model=draft, note="", actor=None, now=LATER)

    assert news().count() == 2
    assert [one.notification.person for one in NotificationDelivery.objects.all()] == [
        wants
    ]


def test_of_many_changes_the_first_are_named_and_the_rest_counted(active, draft):
    UserFactory(role=Role.MARKETER)
    first, *_others = draft.rules.order_by("position")
    draft.rules.exclude(pk=first.pk).delete()

    lifecycle.activate(model=draft, note="", actor=None, now=LATER)

    [line] = news().get().lines
    assert line.count("(gone)") == 4
    assert line.endswith("and 13 more")
