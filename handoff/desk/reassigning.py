"""Giving an undecided hand-off to another rep, by a manager."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from handoff import lifecycle, notices
from handoff.models import Handoff
from handoff.selling import follow_ups
from handoff.sla import announcements, clocks
from leads import lifecycle as leads_lifecycle
from leads.models import Rep, User


@transaction.atomic
def reassign(
    *, handoff: Handoff, rep: Rep, actor: User, now: datetime, reason: str = ""
) -> Handoff:
    """Give an undecided hand-off to another rep, with whom it stays.

    Its due time stays too, and it does not expire any more.

    Raises:
        AlreadyDecidedError, NotYoursError: and nothing has changed.
    """
    standing = lifecycle.locked(handoff)
    lifecycle.check_open(handoff, standing, now=now)
    if not actor.has_perm("handoff.manage_handoffs"):
        raise lifecycle.NotYoursError(_("Only managers reassign a hand-off."))
    if handoff.rep_id == rep.user_id:
        return handoff
    step = {
        "from": str(handoff.rep or ""),
        "to": str(rep.user),
        "by": str(actor),
        "at": now.isoformat(),
        "reason": reason.strip(),
    }
    steps = [*handoff.trace.get("reassigned", []), step]
    handoff.trace = {**handoff.trace, "reassigned": steps}
    # First the clock, then the offer: in this order the sweep holds them too.
    clocks.keep_with_rep(handoff=handoff)
    former = handoff.rep
    handoff.rep, handoff.team, handoff.assigned_at = rep.user, rep.team, now
    handoff.save(update_fields=["rep", "team", "assigned_at", "trace"])
    leads_lifecycle.assign(lead=handoff.lead, owner=rep.user, team=rep.team)
    follow_ups.follow_owners(lead_ids=[handoff.lead_id])
    announcements.tell_reassigned(handoff=handoff, former=former, actor=actor, now=now)
    notices.owe(handoffs=[handoff])
    return handoff
