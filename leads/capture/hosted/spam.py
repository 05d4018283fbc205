"""The spam box is emptied of what nobody took out of it for a long time."""

from datetime import datetime, timedelta

from leads.capture.hosted.choices import Box
from leads.capture.models import Submission

KEPT = timedelta(days=90)
# A call deletes at most this many; the sweep comes back for the rest.
BATCH = 1_000


def forget(*, now: datetime) -> int:
    """Delete spam that is older, and count it."""
    old = Submission.objects.filter(box=Box.SPAM, received_at__lt=now - KEPT)
    pks = [*old.order_by("received_at").values_list("pk", flat=True)[:BATCH]]
    return Submission.objects.filter(pk__in=pks, box=Box.SPAM).delete()[0]
