"""What reps asked marketing when the story ends: open questions and an answered one."""

from datetime import datetime, timedelta

from handoff.inquiries import asking
from handoff.models import Handoff
from leads.models import User

ASKED = (
    ("Which of the three webinars did they stay in until the end?", ""),
    ("Did they come from the partner or from our own campaign?", ""),
    (
        "The form says 40 vans, the website 400. Do we know more?",
        "The fleet page of their website is right: 400, in two countries.",
    ),
)


def ask(*, visitor: User, marketer: User, until: datetime) -> None:
    """Let the visitor, and colleagues, have asked about what waits for them."""
    waiting = Handoff.objects.pending().exclude(rep=None).with_names()
    mine = list(waiting.filter(rep=visitor).order_by("-due_at", "pk")[:1])
    others = waiting.exclude(rep=visitor).order_by("-due_at", "pk")
    handoffs = mine + list(others[: len(ASKED) - len(mine)])
    for handoff, (text, words) in zip(handoffs, reversed(ASKED), strict=False):
        if handoff.rep is None:
            continue
        asked_at = until - timedelta(minutes=50)
        made = asking.ask(handoff=handoff, text=text, actor=handoff.rep, now=asked_at)
        if words:
            asking.answer(inquiry=made, text=words, actor=marketer, now=until)
