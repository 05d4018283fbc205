from datetime import timedelta

import pytest

from leads.capture import tasks
from leads.capture.models import KeptAnswer
from tests.leads.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


def test_an_answer_kept_for_a_repeat_is_gone_after_a_day():
    user = UserFactory()
    for key, age in (("old", 25), ("young", 23)):
        made_at = NOON - timedelta(hours=age)
        KeptAnswer.objects.create(
            user=user, key=key, request_digest="x", created_at=made_at
        )

    for _again in range(2):
        tasks.forget_strangers(NOON.isoformat())

    assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["young"]
