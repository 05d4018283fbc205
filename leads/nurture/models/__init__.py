"""Tables of nurture: segments and mails."""

from leads.nurture.models.mail import Mail, MailTemplate, Suppression
from leads.nurture.models.segment import Segment, SegmentEvent, SegmentMember

__all__ = [
    "Mail",
    "MailTemplate",
    "Segment",
    "SegmentEvent",
    "SegmentMember",
    "Suppression",
]
