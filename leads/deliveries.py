"""Sending news by mail and chat.

After a crash between sending and writing it down it goes out once more, under the same
Message-ID: one of us who hears of a thing twice is better than one who never does.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads import bells, news_words, outgoing
from leads.choices import NotificationChannel, NotificationKind
from leads.models import Notification, NotificationDelivery, NotificationPreference
from leads.outgoing import OutgoingError
from leads.owed import OwedQuerySet, OwedState

# A call sends at most this many; the sweep comes back for the rest.
BATCH = 200
# A digest tells of at most this many; the rest is in the list.
DIGEST_LENGTH = 100
# A server that is away or refuses, and an address or subject that is none.
NOT_SENT = (OSError, ValueError, OutgoingError)


def send_owed(*, now: datetime) -> int:
    """Send what is owed, the longest waiting first, and count the mails and messages.

    Each row is claimed on its own, so two workers never hold the same one. A round ends
    at its first failure, and the next one goes on with the others: so a mail server
    that is away for an hour does not cost every row its five tries.
    """
    deliveries = _deliveries()
    deliveries.give_up(now=now)
    sent = 0
    for _turn in range(BATCH):
        delivery = deliveries.take(now=now)
        if delivery is None:
            break
        if not _is_wanted(delivery.notification):
            deliveries.cancel(delivery, now=now)
            continue
        held = [delivery, *_others_of_the_digest(delivery, now)]
        try:
            _send(held)
        except NOT_SENT as error:
            reason = f"{type(error).__name__}: {error}"
            for one in held:
                deliveries.fail(one, error=reason, now=now)
            break
        for one in held:
            deliveries.finish(one, now=now)
        sent += 1
    return sent


def run_again(*, deliveries: OwedQuerySet[NotificationDelivery], now: datetime) -> int:
    """Let those that are stuck among these be sent after all; how many they are."""
    count = deliveries.run_again(now=now)
    if count:
        bells.ring("notifications_owed")
    return count


def stuck() -> OwedQuerySet[NotificationDelivery]:
    """What was tried five times in vain, the latest first, with what a row prints."""
    return _deliveries().stuck()


def _deliveries() -> OwedQuerySet[NotificationDelivery]:
    return NotificationDelivery.objects.select_related(
        "notification__person", "notification__lead__account"
    )


def _is_wanted(notification: Notification) -> bool:
    """Whether the person still signs in, and the news still matters to them."""
    if not notification.person.is_active:
        return False
    check = settings.STILL_MATTERS.get(notification.kind)
    return check is None or import_string(check)(notification=notification)


def _others_of_the_digest(
    delivery: NotificationDelivery, now: datetime
) -> list[NotificationDelivery]:
    """What else waits for the same person's mail, claimed as well."""
    if not delivery.is_digest:
        return []
    person = delivery.notification.person
    waiting = (
        _deliveries()
        .owed(now=now)
        .filter(notification__person=person, channel=delivery.channel, is_digest=True)
    )
    held = []
    for pk in list(waiting.values_list("pk", flat=True)[: DIGEST_LENGTH - 1]):
        if NotificationDelivery.objects.claim(pk, now=now):
            one = _deliveries().get(pk=pk)
            if _is_wanted(one.notification):
                held.append(one)
            else:
                NotificationDelivery.objects.cancel(one, now=now)
    return held


def _send(held: Sequence[NotificationDelivery]) -> None:
    news_words.put_into_words(news=[one.notification for one in held])
    if held[0].channel == NotificationChannel.WEBHOOK:
        _post(held[0].notification)
    else:
        message(deliveries=held).send()


def _post(notification: Notification) -> None:
    """Tell the person's chat, in the format that Slack made usual."""
    preference = NotificationPreference.objects.get(person=notification.person_id)
    text = "\n".join([notification.title, *notification.lines, _link(notification)])
    answer = outgoing.post(
        url=preference.chat_url,
        body=json.dumps({"text": text}).encode(),
        headers={"Content-Type": "application/json"},
    )
    if not answer.is_success:
        raise OSError(_("The chat answered {status}.").format(status=answer.status))


def message(*, deliveries: Sequence[NotificationDelivery]) -> EmailMessage:
    """One mail about these news of one person, in plain text."""
    first = deliveries[0].notification
    paragraphs = [_paragraph(delivery.notification) for delivery in deliveries]
    subject = first.title
    if len(deliveries) > 1:
        text = ngettext("{count} piece of news", "{count} news", len(deliveries))
        subject = text.format(count=len(deliveries))
        paragraphs = [
            f"{delivery.notification.title}\n{paragraph}"
            for delivery, paragraph in zip(deliveries, paragraphs, strict=True)
        ]
    wishes = _("What you are told of: {address}")
    address = _absolute(reverse("leads:notification_preferences"))
    return EmailMessage(
        subject=subject,
        body="\n\n".join([*paragraphs, wishes.format(address=address)]) + "\n",
        to=[first.person.email],
        headers={
            "Message-ID": _message_id(deliveries[0]),
            "Auto-Submitted": "auto-generated",
        },
    )


def _paragraph(notification: Notification) -> str:
    return "\n".join([*notification.lines, _link(notification)])


def _link(notification: Notification) -> str:
    """The thing itself; of a lead that has left the person, the news in the list."""
    address = notification.get_absolute_url()
    if notification.kind == NotificationKind.HANDOFF_MOVED:
        address = reverse("leads:notification", args=[notification.pk])
    return _absolute(address)


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def _message_id(delivery: NotificationDelivery) -> str:
    """Made from the row, so that a repeat is known as one."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"<news-{delivery.pk}@{host}>"


def count_stuck() -> int:
    """How many deliveries wait for a person to look at them."""
    return NotificationDelivery.objects.filter(state=OwedState.STUCK).count()
