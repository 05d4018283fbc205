"""The words of hosted forms that the code branches on."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from leads.choices import ActivityKind


class Box(TextChoices):
    """Where a submission lies."""

    COUNTED = "counted", _("Counted")
    WAITING = "waiting", _("Not confirmed")
    SPAM = "spam", _("Spam")


class SpamReason(TextChoices):
    """Why a submission looks like a machine's."""

    HONEYPOT = "honeypot", _("It filled in the field that people do not see")
    TOO_FAST = "too_fast", _("It was sent within seconds of being shown")
    TOO_OLD = "too_old", _("It was shown days before it was sent")
    NO_STAMP = "no_stamp", _("It was sent without being shown")
    STRANGE_SITE = "site", _("It came from a site that the form does not name")
    ROBOT = "robot", _("A known robot sent it")


# What a form may stand for; the first is the usual one.
FORM_KINDS = (
    ActivityKind.FORM_SUBMITTED,
    ActivityKind.DEMO_REQUESTED,
    ActivityKind.PRICING_REQUESTED,
    ActivityKind.CONTENT_DOWNLOADED,
    ActivityKind.WEBINAR_REGISTERED,
    ActivityKind.TRIAL_STARTED,
)


class Control(TextChoices):
    """How a field of one's own is filled in."""

    LINE = "line", _("One line")
    TEXT = "text", _("Several lines")
    CHOICE = "choice", _("One of these choices")
    CHECK = "check", _("A tick")
