"""What sales still means to do with a person who is erased."""

from collections.abc import Sequence
from datetime import datetime

from handoff.models import Meeting, Task


def settle(*, lead_id: int, sought: Sequence[str], now: datetime) -> None:
    """Call off the open tasks, and the meetings whose outcome nobody has told."""
    Task.objects.filter(lead=lead_id, ended_at=None).update(
        ended_at=now, is_cancelled=True
    )
    Meeting.objects.filter(lead=lead_id, cancelled_at=None, outcome="").update(
        cancelled_at=now
    )
