"""Who works on a lead that is with sales: its rep, and managers."""

from django.utils.translation import gettext as _

from leads.models import Standing, User


def may_sell(*, standing: Standing, user: User) -> bool:
    """Whether this person keeps the lead's tasks, meetings, answers and deals."""
    if not user.has_perm("handoff.decide_handoff"):
        return False
    return standing.owner_id == user.pk or user.has_perm("handoff.manage_handoffs")


def lock(*, lead_id: int, actor: User, refusal: type[Exception]) -> Standing:
    """The lead's standing, locked, so that nobody gives the lead away meanwhile.

    Raises:
        refusal: the actor does not work on this lead; the message says so.
    """
    standing = Standing.objects.select_for_update().get(pk=lead_id)
    if not may_sell(standing=standing, user=actor):
        raise refusal(_("Only the rep of this lead and managers may do this."))
    return standing
