"""Tables of nurture: segments, mails, programmes, deeds for many."""

from leads.nurture.models.bulk import BulkDeed, BulkRefusal
from leads.nurture.models.mail import Mail, MailTemplate, MailWords, Suppression
from leads.nurture.models.programme import (
    Enrolment,
    NurtureSettings,
    Programme,
    Step,
    StepDone,
)
from leads.nurture.models.segment import Segment, SegmentEvent, SegmentMember

__all__ = [
    "BulkDeed",
    "BulkRefusal",
    "Enrolment",
    "Mail",
    "MailTemplate",
    "MailWords",
    "NurtureSettings",
    "Programme",
    "Segment",
    "SegmentEvent",
    "SegmentMember",
    "Step",
    "StepDone",
    "Suppression",
]
