"""The queue, the decisions on hand-offs, deals, and their parts of a lead's page."""

from handoff.views.sections import lead_sections

__all__ = ["lead_sections"]
