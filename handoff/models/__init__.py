"""The tables of `handoff`, one module a subject."""

from handoff.models.deal import Deal
from handoff.models.handoff import Handoff, RejectionReason
from handoff.models.notice import Notice
from handoff.models.routing import Seat

__all__ = ["Deal", "Handoff", "Notice", "RejectionReason", "Seat"]
