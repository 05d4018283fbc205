"""The entries of the side bar, by what a person may do."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """One link of the side bar; `permission` empty means everybody."""

    url_name: str
    label: str | Promise
    icon: str
    permission: str = ""


ENTRIES = [
    Entry("board", _("Nurture board"), "square-kanban", "leads.move_lead"),
    Entry("handoff:queue", _("Queue"), "inbox", "handoff.decide_handoff"),
    Entry("leads:list", _("Leads"), "users"),
    Entry("reports:funnel", _("Funnel"), "chart-column", "leads.view_reports"),
    Entry("reports:acceptance", _("Acceptance"), "handshake", "leads.view_reports"),
]


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation`, the entries that this person may open."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": []}
    return {
        "navigation": [
            entry
            for entry in ENTRIES
            if not entry.permission or user.has_perm(entry.permission)
        ]
    }
