"""The instants at which the story of the sample data stops and the duties are done."""

from datetime import datetime, timedelta

DAYS = 270
# At this time of the day (UTC), every three days, later every day.
HOUR = timedelta(hours=15)
FAR, NEAR, LAST = 14, 2, timedelta(days=2)  # days before the end
FAR_STEP, LAST_STEP = 3, timedelta(hours=2)


def steps(*, until: datetime) -> list[datetime]:
    """In order, the last one `until`; short near it, since the queue shows times."""
    today = until.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [*range(DAYS, FAR, -FAR_STEP), *range(FAR, NEAR - 1, -1)]
    past = [today - timedelta(days=day) + HOUR for day in days]
    recent = [until - LAST_STEP * back for back in range(LAST // LAST_STEP, -1, -1)]
    return [at for at in past if at < recent[0]] + recent
