"""The tables of `handoff`, one module a subject."""

from handoff.models.deal import Deal, DealChange, DealReason
from handoff.models.handoff import Handoff, RejectionReason
from handoff.models.notice import Notice
from handoff.models.routing import Seat
from handoff.models.sla import (
    CalendarDay,
    CalendarShift,
    CalendarUse,
    WorkingCalendar,
)
from handoff.models.task import Task

__all__ = [
    "CalendarDay",
    "CalendarShift",
    "CalendarUse",
    "Deal",
    "DealChange",
    "DealReason",
    "Handoff",
    "Notice",
    "RejectionReason",
    "Seat",
    "Task",
    "WorkingCalendar",
]
