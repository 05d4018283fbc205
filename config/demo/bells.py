"""Who works here has read the news of all days but the last."""

from datetime import datetime, timedelta

from leads import notifications
from leads.models import Notification, User

UNREAD_FOR = timedelta(hours=18)


def read(*, until: datetime) -> None:
    """Leave to everybody what a working day brings."""
    old = Notification.objects.filter(made_at__lte=until - UNREAD_FOR)
    for person in User.objects.all():
        ids = old.filter(person=person).values_list("pk", flat=True)
        notifications.mark_read(person=person, now=until, notification_ids=list(ids))
