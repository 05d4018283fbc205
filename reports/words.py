"""Values of a report in words."""

from datetime import datetime

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from leads import currencies
from leads.choices import CampaignChannel
from reports.answers import NOT_REACHED, Amount, Kind
from reports.estimates import Estimate
from reports.keys import EMPTY_KEY, EVERYTHING_KEY

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def key_label(key: str) -> str:
    """A key as people read it; what nobody named stays "none"."""
    if key == EVERYTHING_KEY:
        return _("All")
    return _("none") if key == EMPTY_KEY else key


def channel_label(key: str) -> str:
    """The channel of a campaign as people read it."""
    if key in CampaignChannel.values:
        return str(CampaignChannel(key).label)
    return key_label(key)


def shown(amount: Amount, kind: Kind) -> str:
    """The value as a page shows it; what is provisional begins with "≈"."""
    if isinstance(amount, Estimate):
        return _rate(amount)
    if amount is None:
        return "–"
    if isinstance(amount, datetime):
        return str(date_format(localtime(amount), "j M Y H:i"))
    if isinstance(amount, str):
        return amount
    if kind == Kind.TIME:
        return duration(amount)
    if kind == Kind.MONEY:
        return money(int(amount))
    if kind == Kind.SHARE:
        return percent(float(amount))
    return _number(amount)


def _rate(estimate: Estimate) -> str:
    if not estimate.is_shown:
        return _("n too small") if estimate.n else "–"
    mark = "≈ " if estimate.is_provisional else ""
    return mark + percent(estimate.share)


def _number(amount: float) -> str:
    places = 0 if isinstance(amount, int) else 2
    size = number_format(
        round(abs(amount), places), decimal_pos=places, force_grouping=True
    )
    return f"\N{MINUS SIGN}{size}" if amount < 0 else str(size)


def grouped(count: int) -> str:
    """A count as people read it in a sentence: "10,473"."""
    return str(number_format(count, force_grouping=True))


def duration(seconds: Amount) -> str:
    """A span of time in its two largest units; a day has 24 hours.

    No line breaks inside it.
    """
    if not isinstance(seconds, int | float):
        return "–"
    if seconds == NOT_REACHED:
        return _("not reached")
    whole = round(seconds)
    if whole < MINUTE:
        return _whole(_("{count} s").format(count=whole))
    if whole < HOUR:
        return _whole(_("{count} min").format(count=whole // MINUTE))
    if whole < 2 * DAY:
        hours, minutes = whole // HOUR, whole % HOUR // MINUTE
        text = _("{hours} h {minutes} min") if minutes else _("{hours} h")
        return _whole(text.format(hours=hours, minutes=minutes))
    return _days(whole)


def _whole(text: str) -> str:
    """The text so that no line breaks inside it."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _days(seconds: float) -> str:
    days = number_format(round(seconds / DAY, 1), decimal_pos=1, force_grouping=True)
    return _whole(_("{days} days").format(days=days))


def business_hours(seconds: float) -> str:
    """Working time, whose days are not of 24 hours."""
    if seconds < HOUR:
        return _("{count} business minutes").format(count=round(seconds) // MINUTE)
    places = 1 if seconds < 10 * HOUR else 0
    number = number_format(
        round(seconds / HOUR, places), decimal_pos=places, force_grouping=True
    )
    return _("{number} business hours").format(number=number)


def signed(change: float, kind: Kind) -> str:
    """A difference with its sign: "+3.2 pp" or "±0"."""
    size = _size(change, kind, points=_("{number} pp"))
    if not any(digit in size for digit in "123456789"):
        return f"±{size}"
    return f"+{size}" if change > 0 else f"\N{MINUS SIGN}{size}"


def spoken(change: float, kind: Kind) -> str:
    """The same difference as it is read out, since signs and "pp" are not."""
    size = _size(change, kind, points=_("{number} percentage points"))
    if not any(digit in size for digit in "123456789"):
        return _("no change")
    text = _("plus {size}") if change > 0 else _("minus {size}")
    return text.format(size=size)


def _size(change: float, kind: Kind, *, points: str) -> str:
    if kind == Kind.SHARE:
        number = number_format(round(100 * abs(change), 1), decimal_pos=1)
        return points.format(number=number)
    if kind == Kind.TIME and abs(change) >= DAY:
        return _days(abs(change))
    return shown(abs(change), kind)


def money(cents: int) -> str:
    """An amount of the workspace's currency, without the cents where they are many.

    Nothing is "0 EUR".
    """
    places = 2 if 0 < abs(cents) < 100_000 else 0
    amount = round(cents / 100, places)
    figure = number_format(amount, decimal_pos=places, force_grouping=True)
    return f"{figure}\N{NO-BREAK SPACE}{currencies.own()}"


def percent(share: float) -> str:
    """A share of 0.0 to 1.0 as people read it: "11.8 %"."""
    # `number_format` cuts what it does not show.
    number = number_format(
        round(100 * abs(share), 1), decimal_pos=1, force_grouping=True
    )
    sign = "\N{MINUS SIGN}" if share < 0 else ""
    return sign + _("{number} %").format(number=number)
