"""What marketing said to the latest rejections when the story ends."""

from datetime import datetime, timedelta

from handoff.choices import NOT_QUALITY
from handoff.feedback import remarks
from handoff.models import Handoff
from leads.models import User

ANSWER = "Thank you. Both came by the template giveaway; it scores less from today."
REPLY = "That helps. The next ones were better already."
DISPUTE = (
    "They asked for a demo two days ago, and the form says 60 vans. Please look again."
)


def say(*, marketer: User, until: datetime) -> None:
    """Let an answer with a reply, a dispute and a lesson stand under rejections."""
    judged = Handoff.objects.rejected().exclude(reason__category__in=NOT_QUALITY)
    latest = list(judged.order_by("-decided_at", "-pk")[1:4])
    if len(latest) < 3:
        return
    answered, disputed, learned = latest
    before = until - timedelta(hours=1)
    remarks.answer(handoff=answered, text=ANSWER, actor=marketer, now=before)
    if answered.decided_by is not None:
        remarks.answer(
            handoff=answered, text=REPLY, actor=answered.decided_by, now=until
        )
    remarks.dispute(handoff=disputed, text=DISPUTE, actor=marketer, now=until)
    remarks.learn(handoff=learned, text="", actor=marketer, now=until)
