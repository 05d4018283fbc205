"""The words of nurture that the code branches on."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SegmentKind(TextChoices):
    """Who is in a segment: whom conditions find, or whom a person put there."""

    CONDITIONS = "conditions", _("By conditions")
    LIST = "list", _("Chosen by hand")


class SegmentDeed(TextChoices):
    """What somebody did to a segment."""

    CREATED = "created", _("Made it")
    CHANGED = "changed", _("Changed it")
    ADDED = "added", _("Added leads")
    REMOVED = "removed", _("Took leads out")
    ARCHIVED = "archived", _("Archived it")
    RESTORED = "restored", _("Took it out of the archive")


class MailFate(TextChoices):
    """What became of a mail."""

    PLANNED = "planned", _("Planned")
    SENT = "sent", _("Sent")
    IN_DOUBT = "in_doubt", _("Unknown")
    FAILED = "failed", _("Failed")
    NOT_SENT = "not_sent", _("Not sent")


class SuppressionWhy(TextChoices):
    """Why an address gets no mail."""

    BOUNCED = "bounced", _("Bounced")
    COMPLAINED = "complained", _("Complained")
    BY_HAND = "by_hand", _("Entered by hand")


class Returned(TextChoices):
    """What a letter is that came back."""

    BOUNCE = "bounce", _("Bounces")
    COMPLAINT = "complaint", _("Complaints")
    ANSWER = "answer", _("Answers")
    NOTHING = "nothing", _("Not about a mail of ours")
