"""A bell is a hint: losing one costs a delay and nothing else."""

import pytest
from celery import Celery
from django.conf import settings

from leads import bells

pytestmark = pytest.mark.django_db

# An app of its own: no broker listens at its address.
broken = Celery("broken", broker="redis://127.0.0.1:1/0", set_as_current=False)
broken.conf.task_publish_retry_policy = settings.CELERY_TASK_PUBLISH_RETRY_POLICY


@broken.task
def unheard():
    raise AssertionError("No worker can have heard of this.")


def unforeseen():
    """Not even a task, so ringing for it fails in a way nobody thought of."""


def test_a_dead_broker_costs_the_writer_nothing(
    settings, django_capture_on_commit_callbacks, caplog
):
    settings.BELLS = {"rung": ["tests.config.test_bells.unheard"]}

    with django_capture_on_commit_callbacks(execute=True):
        bells.ring("rung")

    assert "bell not heard" in caplog.messages


def test_an_error_nobody_foresaw_costs_the_writer_nothing_either(
    settings, django_capture_on_commit_callbacks, caplog
):
    settings.BELLS = {"rung": ["tests.config.test_bells.unforeseen"]}

    with django_capture_on_commit_callbacks(execute=True):
        bells.ring("rung")

    assert "Error calling" in caplog.text
