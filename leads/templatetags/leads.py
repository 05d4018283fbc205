"""How a lead's times and scores are shown."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from leads.ages import span_between
from leads.bands import HOT, WARM
from leads.choices import GRADES, ActivityKind, Outcome
from leads.models import Activity

register = template.Library()

ICONS = {
    ActivityKind.PAGE_VIEW: "mouse-pointer-click",
    ActivityKind.FORM_SUBMITTED: "file-text",
    ActivityKind.CONTENT_DOWNLOADED: "download",
    ActivityKind.WEBINAR_REGISTERED: "presentation",
    ActivityKind.WEBINAR_ATTENDED: "presentation",
    ActivityKind.EVENT_VISITED: "calendar",
    ActivityKind.EMAIL_SENT: "mail",
    ActivityKind.EMAIL_OPENED: "mail-open",
    ActivityKind.EMAIL_CLICKED: "mouse-pointer-click",
    ActivityKind.EMAIL_REPLIED: "mail",
    ActivityKind.EMAIL_BOUNCED: "circle-alert",
    ActivityKind.UNSUBSCRIBED: "ban",
    ActivityKind.DEMO_REQUESTED: "flame",
    ActivityKind.PRICING_REQUESTED: "banknote",
    ActivityKind.TRIAL_STARTED: "zap",
    ActivityKind.CHAT: "message-square",
    ActivityKind.SOCIAL: "users",
    ActivityKind.CALL: "phone",
    ActivityKind.MEETING: "calendar",
    ActivityKind.NOTE: "pencil",
}


@register.filter
def age(since: datetime, now: datetime) -> str:
    """The time since an instant, in few words: "4 d"."""
    return span_between(since, now)


@register.simple_tag
def moment(at: datetime) -> SafeString:
    """A `<time>` in the person's zone, with the zone in its tooltip."""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        f"{date_format(local, 'DATETIME_FORMAT')} {local:%Z}",
        f"{local:%-d %b %Y %H:%M}",
    )


@register.filter
def points(value: float | None) -> str:
    """Points as people read them: a whole number, never "-0"."""
    return "–" if value is None else f"{max(value, 0):.0f}"


@register.filter
def score_band(value: float | None) -> str:
    """Which colour a score chip has: low, mid or high."""
    if value is None or value < WARM:
        return "low"
    return "mid" if value < HOT else "high"


@register.filter
def grade_letter(index: int | None) -> str:
    """The letter of a stored grade."""
    return "–" if index is None else GRADES[index]


@register.filter
def activity_icon(activity: Activity) -> str:
    """The name of the icon that stands for what happened."""
    return ICONS[ActivityKind(activity.kind)]


@register.filter
def outcome(activity: Activity) -> str:
    """How a contact went, in words; empty where nobody said."""
    named = activity.properties.get("outcome")
    return str(Outcome(named).label) if named in Outcome.values else ""
