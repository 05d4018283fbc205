"""What both sides promised each other for the months of the story."""

from datetime import datetime, timedelta

from django.utils import timezone

from config.demo.course import DAYS
from leads.models import User
from reports import plans
from reports.periods import Period
from reports.plans import Promise

# Money in cents: modest at first, more with each month.
FIRST_GOAL, RISE, AVERAGE_DEAL = 9_000_000, 600_000, 1_800_000


def plan(*, manager: User, until: datetime) -> None:
    """Plan every month through the product, as the manager would."""
    zone = timezone.get_default_timezone()
    today = until.astimezone(zone).date()
    story = Period(today - timedelta(days=DAYS), today + timedelta(days=1))
    for number, month in enumerate(story.months):
        promise = Promise(
            revenue_goal=FIRST_GOAL + number * RISE,
            average_deal=AVERAGE_DEAL,
            win_percent=25,
            acceptance_percent=60,
            decide_percent=90,
            follow_up_percent=85,
        )
        plans.set_plan(month=month.start, promise=promise, actor=manager, now=until)
