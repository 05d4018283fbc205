"""A submission whose process dies, and one that is sent many times at once."""

from datetime import timedelta

import pytest

from leads.capture.hosted import receiving
from leads.capture.hosted.guarding import Sent
from leads.capture.models import Submission
from leads.crashpoints import KILLED
from leads.models import Activity, Lead
from tests.capture.factories import HostedFormFactory
from tests.connections import Work
from tests.faults import processes
from tests.leads.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = {"email": "maya@northwind.example", "company": "Northwind"}
SEND = f"""
from datetime import datetime
from leads.capture.hosted import receiving
from leads.capture.hosted.guarding import Sent
from leads.capture.models import HostedForm
form = HostedForm.objects.get()
sent = Sent(answers={ANSWERS}, key=form.key)
now = datetime.fromisoformat("{NOON.isoformat()}")
receiving.receive(form=form, sent=sent, now=now)
"""


@pytest.fixture
def form(settings):
    settings.BELLS = {bell: [] for bell in settings.BELLS}
    return HostedFormFactory()


def send(form):
    sent = Sent(answers=ANSWERS, key=form.key)
    return receiving.receive(form=form, sent=sent, now=NOON)


def counts():
    return [model.objects.count() for model in (Submission, Lead, Activity)]


@pytest.mark.parametrize(
    ("crash_at", "by_then"),
    [("form_before_commit", [0, 0, 0]), ("form_after_commit", [1, 1, 1])],
)
def test_a_kill_leaves_all_or_nothing_and_the_retry_counts_once(
    form, crash_at, by_then
):
    assert processes.run(SEND, crash_at=crash_at) == KILLED
    assert counts() == by_then

    send(form)

    assert counts() == [1, 1, 1]


def test_the_same_sending_many_times_at_once_counts_once(form):
    works = [Work(lambda: send(form).pk) for _number in range(6)]

    assert len({work.result() for work in works}) == 1
    assert counts() == [1, 1, 1]


def test_two_showings_by_a_new_person_at_once_make_one_lead(form):
    def send_later(days):
        sent = Sent(answers=ANSWERS, key=form.key)
        now = NOON + timedelta(days=days)
        return receiving.receive(form=form, sent=sent, now=now).lead_id

    works = [Work(lambda days=days: send_later(days)) for days in range(4)]

    assert len({work.result() for work in works}) == 1
    assert counts() == [4, 1, 4]
