"""What each role may do."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from leads.choices import Role
from leads.models import User

_EVERYBODY = {"leads.view_lead"}
_MARKETING = {
    "leads.view_all_leads",
    "leads.move_lead",
    "leads.import_leads",
    "leads.merge_leads",
    "leads.manage_campaigns",
    "leads.view_reports",
    "reports.export_reports",
    "scoring.change_scoring",
    "capture.manage_forms",
    "handoff.view_routingplan",
    "nurture.manage_nurture",
}
_SALES = {"handoff.decide_handoff"}
_LEADING = {
    "handoff.change_routing",
    "handoff.manage_handoffs",
    "handoff.manage_reasons",
    "handoff.manage_service_levels",
    "leads.export_lead",
    "leads.erase_lead",
}

ROLE_PERMISSIONS: dict[Role, set[str]] = {
    Role.MARKETER: _EVERYBODY | _MARKETING,
    Role.REP: _EVERYBODY | _SALES,
    Role.MANAGER: _EVERYBODY | _MARKETING | _SALES | _LEADING,
    Role.ADMINISTRATOR: set(),
}


@transaction.atomic
def ensure_roles() -> None:
    """Make the role groups as this release defines them; again changes nothing."""
    for role, names in ROLE_PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=role.value)
        wanted = Q(pk__in=[])
        for name in names:
            app_label, codename = name.split(".")
            wanted |= Q(content_type__app_label=app_label, codename=codename)
        group.permissions.set(Permission.objects.filter(wanted))


@transaction.atomic
def create_user(
    *, email: str, name: str, role: Role, password: str | None, time_zone: str = ""
) -> User:
    """Make a person who signs in with one role; an administrator may do everything.

    Without a password the person sets one by "forgot password".
    """
    ensure_roles()
    is_administrator = role == Role.ADMINISTRATOR
    user = User.objects.create_user(
        email,
        password,
        name=name,
        time_zone=time_zone,
        is_staff=is_administrator,
        is_superuser=is_administrator,
    )
    user.groups.set([Group.objects.get(name=role.value)])
    return user
