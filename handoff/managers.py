"""Who is told what goes wrong in sales."""

from leads.choices import Role
from leads.models import User


def ids() -> list[int]:
    """The ids of the active managers, in their order."""
    active = User.objects.filter(is_active=True, groups__name=Role.MANAGER)
    return list(active.order_by("pk").values_list("pk", flat=True))
