"""What looks like a machine's submission, and what does not."""

from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from leads.capture.hosted.choices import SpamReason
from leads.capture.models import Submission
from leads.models import Lead
from tests.capture.factories import SITE, HostedFormFactory, filled, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def form():
    return HostedFormFactory()


def reasons():
    return Submission.objects.get().spam_reasons


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"fax_number": "1"}, SpamReason.HONEYPOT),
        ({"shown_ago": timedelta(seconds=0)}, SpamReason.TOO_FAST),
        ({"shown_ago": timedelta(days=8)}, SpamReason.TOO_OLD),
        ({"stamp": None}, SpamReason.NO_STAMP),
        ({"stamp": "made-up"}, SpamReason.NO_STAMP),
        ({"headers": {"Origin": "https://evil.example"}}, SpamReason.STRANGE_SITE),
        ({"headers": {"Origin": "null"}}, SpamReason.STRANGE_SITE),
        ({"headers": {"User-Agent": "python-requests/2"}}, SpamReason.ROBOT),
    ],
)
def test_what_looks_like_a_machine_lands_in_the_spam_box(client, form, told, reason):
    answer = send(client, form, **told)

    assert answer.status_code == 303
    assert answer["Location"] == reverse("public:thanks", args=[form.slug])
    assert reasons() == [reason]
    assert not Lead.objects.exists()


def test_a_page_left_open_over_night_is_no_spam(client, form):
    send(client, form, shown_ago=timedelta(days=1))

    assert reasons() == []


def test_the_stamp_of_another_form_is_none(client, form):
    posted = filled(HostedFormFactory(), now=timezone.now())

    client.post(reverse("public:form", args=[form.slug]), posted)

    assert reasons() == [SpamReason.NO_STAMP]


def test_a_named_site_posts_with_the_key_and_without_a_stamp(client):
    form = HostedFormFactory(sites=[SITE])

    send(client, form, stamp=None, key=form.key, headers={"Origin": SITE})

    assert reasons() == []
    assert Lead.objects.exists()


def test_the_same_plain_post_on_one_day_counts_once(client):
    form = HostedFormFactory()

    for _time in range(2):
        send(client, form, stamp=None, key=form.key)

    assert Submission.objects.count() == 1


def test_a_signed_text_of_another_purpose_is_no_stamp(client, form):
    forged = signing.dumps([form.pk, 0, "nonce"], salt="leads.paging")

    send(client, form, stamp=forged)

    assert reasons() == [SpamReason.NO_STAMP]
