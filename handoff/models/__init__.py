"""The tables of `handoff`, one module a subject."""

from handoff.models.deal import Deal, DealChange, DealReason
from handoff.models.handoff import Handoff, RejectionReason
from handoff.models.inquiry import Inquiry
from handoff.models.meeting import Guest, Invitation, Meeting, Participant
from handoff.models.plan import PlanEvent, RoutingPlan, RoutingRule
from handoff.models.qualification import Answer
from handoff.models.reassignment import Reassignment
from handoff.models.remark import Remark
from handoff.models.routing import Absence, Seat
from handoff.models.setting_change import SettingChange
from handoff.models.sla import (
    CalendarDay,
    CalendarShift,
    CalendarUse,
    Clock,
    ClockPause,
    ServiceLevel,
    WorkingCalendar,
)
from handoff.models.task import Task
from handoff.models.undone import UndoneDecision
from handoff.models.worth import StageWorth

__all__ = [
    "Absence",
    "Answer",
    "CalendarDay",
    "CalendarShift",
    "CalendarUse",
    "Clock",
    "ClockPause",
    "Deal",
    "DealChange",
    "DealReason",
    "Guest",
    "Handoff",
    "Inquiry",
    "Invitation",
    "Meeting",
    "Participant",
    "PlanEvent",
    "Reassignment",
    "RejectionReason",
    "Remark",
    "RoutingPlan",
    "RoutingRule",
    "Seat",
    "ServiceLevel",
    "SettingChange",
    "StageWorth",
    "Task",
    "UndoneDecision",
    "WorkingCalendar",
]
