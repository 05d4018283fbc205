"""The entries of the side bar, by what a person may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import ResolverMatch
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from leads import notifications
from leads.choices import Role
from leads.models import User


@dataclass(frozen=True)
class Entry:
    """One link of the side bar; `permission` empty means everybody."""

    url_name: str
    label: str | Promise
    icon: str
    permission: str = ""


@dataclass(frozen=True)
class Section:
    """Entries that belong together; the first section has no title."""

    title: str | Promise
    entries: Sequence[Entry]


DAILY = [
    Entry("nurture:board", _("Nurture board"), "square-kanban", "leads.move_lead"),
    Entry("handoff:queue", _("Queue"), "inbox", "handoff.decide_handoff"),
    Entry("handoff:desk", _("Desk"), "users", "handoff.manage_handoffs"),
    Entry("handoff:inquiries", _("Questions"), "message-square"),
    Entry("handoff:feedback", _("Feedback"), "handshake", "leads.move_lead"),
    Entry("handoff:tasks", _("Tasks"), "list", "handoff.decide_handoff"),
    Entry("handoff:deals", _("Deals"), "banknote", "handoff.decide_handoff"),
]
RECORDS = [
    Entry("leads:list", _("Leads"), "users"),
    Entry("leads:accounts", _("Accounts"), "building-2"),
    Entry("leads:duplicates", _("Duplicates"), "user-check", "leads.merge_leads"),
    Entry("imports:list", _("Imports"), "upload", "leads.import_leads"),
]
MARKETING = [
    Entry("segments:list", _("Segments"), "funnel", "nurture.manage_nurture"),
    Entry("programmes:list", _("Programmes"), "zap", "nurture.manage_nurture"),
    Entry("mail:templates", _("Mail"), "mail", "nurture.manage_nurture"),
    Entry("leads:campaigns", _("Campaigns"), "target", "leads.manage_campaigns"),
    Entry("forms:list", _("Forms"), "layers", "capture.manage_forms"),
    Entry("tracking", _("Tracking"), "globe", "capture.manage_forms"),
]
INSIGHT = [
    Entry("dashboards:home", _("Dashboards"), "presentation"),
    Entry("reports:index", _("Reports"), "chart-column", "leads.view_reports"),
    Entry("definitions", _("Definitions"), "file-text"),
]
SETTINGS = [
    Entry("scoring:list", _("Scoring"), "sliders-horizontal", "scoring.change_scoring"),
    Entry("routing:list", _("Routing"), "arrow-up-down", "handoff.view_routingplan"),
    Entry("handoff:teams", _("Teams"), "users", "handoff.manage_handoffs"),
    Entry(
        "handoff:sla",
        _("Service levels"),
        "clock",
        "handoff.manage_service_levels",
    ),
    Entry("handoff:reasons", _("Reasons"), "x", "handoff.manage_reasons"),
    Entry("keys:list", _("API keys"), "key-round", "capture.manage_integrations"),
    Entry("webhooks:list", _("Webhooks"), "zap", "capture.manage_integrations"),
]
SECTIONS = [
    Section("", DAILY),
    Section(_("Records"), RECORDS),
    Section(_("Marketing"), MARKETING),
    Section(_("Insight"), INSIGHT),
    Section(_("Settings"), SETTINGS),
]
ENTRIES = [entry for section in SECTIONS for entry in section.entries]


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what the frame of a page shows.

    `navigation` has the sections of entries that this person may open, `current_entry`
    the URL name of the one that the page belongs to, `role_name` the person's role.
    Nobody signed in: `demo_people`, who may try the demo.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": [], "demo_people": SimpleLazyObject(demo_people)}
    return {
        "navigation": [
            Section(section.title, entries)
            for section in SECTIONS
            if (entries := [one for one in section.entries if may_open(user, one)])
        ],
        "current_entry": current_entry(request.resolver_match),
        "role_name": SimpleLazyObject(lambda: role_name(user)),
    }


def may_open(user: User, entry: Entry) -> bool:
    """Whether the entry is for this person."""
    return not entry.permission or user.has_perm(entry.permission)


def news(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `unread_news`, how many the bell tells of, at most 100."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_news": 0}
    return {"unread_news": SimpleLazyObject(lambda: notifications.unread(person=user))}


def current_entry(match: ResolverMatch | None) -> str:
    """The entry that the page's URL name begins with, else the only one of its room."""
    names = [entry.url_name for entry in ENTRIES]
    if match is None:
        return ""
    named = [name for name in names if match.view_name.startswith(name)]
    room = [name for name in names if name.split(":")[0] == match.namespace]
    return (named or (room if len(room) == 1 else []) or [""])[0]


def role_name(user: User) -> str:
    """The person's role in words; empty for someone without one."""
    group = user.groups.first()
    return str(Role(group.name).label) if group and group.name in Role else ""


def demo_people() -> list[dict[str, Any]]:
    """The demo's people with their roles; nobody when the site is not a demo."""
    if not settings.DEBUG:
        return []
    people = User.objects.filter(email__in=settings.DEMO_ADDRESSES)
    people = people.prefetch_related("groups")
    by_email = {person.email: person for person in people}
    return [
        {"person": by_email[email], "role_name": role_name(by_email[email])}
        for email in settings.DEMO_ADDRESSES
        if email in by_email
    ]
