from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads import activities
from leads.activities import NewActivity
from leads.choices import ActivityKind, MachineReason
from leads.models import Activity, Standing
from scoring import rescoring
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.scoring.factories import ModelFactory, RuleFactory

pytestmark = pytest.mark.django_db


def happened(lead, kind="page_view", seconds=0, **fields):
    at = NOON + timedelta(seconds=seconds)
    return NewActivity(lead.pk, ActivityKind(kind), at, **fields)


def reasons():
    told = Activity.objects.order_by("occurred_at", "pk")
    return list(told.values_list("is_machine", "machine_reason"))


def test_a_scan_marks_the_clicks_that_came_before_it_was_known():
    lead = LeadFactory()

    for second, link in enumerate(["/a", "/b", "/c"]):
        click = happened(lead, "email_clicked", second, url=link, subject="Offer")
        activities.record(activities=[click])

    assert reasons() == [(True, MachineReason.SCANNER)] * 3


def test_an_open_is_marked_though_the_sending_is_told_later():
    lead = LeadFactory()
    opened = happened(lead, "email_opened", 1, subject="Offer")
    activities.record(activities=[opened])

    activities.record(activities=[happened(lead, "email_sent", 0, subject="Offer")])

    assert reasons() == [(False, ""), (True, MachineReason.PREFETCH)]


def test_our_own_people_score_nothing(settings):
    settings.OWN_DOMAINS = ["baton.example"]
    lead = LeadFactory(email="rep@baton.example")

    activities.record(activities=[happened(lead)])

    assert reasons() == [(True, MachineReason.OURS)]


def test_what_one_of_us_logs_is_not_a_machines(settings):
    settings.OWN_DOMAINS = ["baton.example"]
    lead = LeadFactory(email="rep@baton.example")
    words = {"subject": "Called", "actor": UserFactory(), "external_id": "1"}

    activities.log(lead=lead, kind=ActivityKind.CALL, now=NOON, **words)

    assert reasons() == [(False, "")]


def test_a_mark_put_right_stays_right_and_the_score_follows():
    RuleFactory(model=ModelFactory(), kind="page_view", points=10)
    lead, person = LeadFactory(), UserFactory()
    robot = happened(lead, properties={"user_agent": "curl/8.0"})
    activities.record(activities=[robot])
    rescoring.rescore_stale(now=NOON)
    activity = Activity.objects.get()

    judged = activities.judge(
        lead=lead,
        activity_ids=[activity.pk],
        is_machine=False,
        actor=person,
        now=NOON,
    )

    rescoring.rescore_stale(now=NOON)
    activity.refresh_from_db()
    assert (judged, activity.judged_by, activity.judged_at) == (1, person, NOON)
    assert activity.machine_reason == MachineReason.AGENT
    assert Standing.objects.get(lead=lead).s_never == 10


def test_a_scan_does_not_mark_again_what_a_person_put_right():
    lead, person = LeadFactory(), UserFactory()
    clicks = [
        happened(lead, "email_clicked", second, url=f"/{second}", subject="Offer")
        for second in range(4)
    ]
    activities.record(activities=clicks[:3])
    everything = Activity.objects.values_list("pk", flat=True)
    by_person = {"is_machine": False, "actor": person, "now": NOON}
    activities.judge(lead=lead, activity_ids=everything, **by_person)

    activities.record(activities=clicks[3:])

    assert [is_machine for is_machine, _reason in reasons()] == [False] * 3 + [True]


def test_nobody_judges_another_leads_activities():
    activities.record(activities=[happened(LeadFactory())])
    by_person = {"is_machine": True, "actor": UserFactory(), "now": NOON}

    judged = activities.judge(
        lead=LeadFactory(), activity_ids=[Activity.objects.get().pk], **by_person
    )

    assert judged == 0
    assert reasons() == [(False, "")]


def test_a_batch_costs_as_many_queries_as_one_activity(settings):
    settings.OWN_DOMAINS = ["baton.example"]

    def recorded(count):
        leads = [LeadFactory() for _ in range(count)]
        opened = [happened(lead, "email_opened", subject="Offer") for lead in leads]
        with CaptureQueriesContext(connection) as queries:
            activities.record(activities=opened)
        return len(queries)

    assert recorded(20) == recorded(1)


def test_a_text_that_grows_when_it_is_folded_still_fits():
    lead = LeadFactory()

    noted = happened(lead, "note", subject="…" * 500, url="…" * 2_000)
    activities.record(activities=[noted])

    activity = Activity.objects.get()
    assert activity.subject == "…" * 500
    assert activity.subject_key == "." * 500
    assert activity.url_key == "." * 2_000


def test_a_repeat_in_one_batch_and_in_a_later_one_counts_once():
    lead = LeadFactory()
    viewed = happened(lead, external_id="1")

    counts = [activities.record(activities=[viewed] * 2) for _time in range(2)]

    assert counts == [1, 0]
    assert Standing.objects.get().stale_seq == 2
