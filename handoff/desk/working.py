"""Giving leads that sales works on to another rep, by a manager, and taking that back.

Their open tasks go along, and the open deals of whoever had them. Who accepted a lead
stays who accepted it: reports count the decision, not the work that follows.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.desk import telling
from handoff.lifecycle import NotYoursError
from handoff.models import Reassignment
from handoff.selling import deal_owners, follow_ups
from handoff.selling.deals import SOLD_TO
from leads import lifecycle as leads_lifecycle
from leads.choices import Stage
from leads.models import Rep, Standing, Team, User

# What is open at work; customers and lost ones may be given away too, one by one.
IN_WORK = (Stage.ACCEPTED, Stage.OPPORTUNITY)


@dataclass(frozen=True)
class Given:
    """The leads that went to the rep, and in words why others did not, by lead."""

    batch: UUID
    lead_ids: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def give(
    *, lead_ids: Sequence[int], rep: Rep, reason: str, actor: User, now: datetime
) -> Given:
    """Give the leads that sales works on to the rep, all in one batch.

    A lead that the rep has already changes nothing and is in neither. The standings are
    locked in the order of the leads.

    Raises:
        NotYoursError: only managers do this; nothing has changed.
    """
    _check(actor)
    given, going = Given(uuid4()), list[Standing]()
    for standing in leads_lifecycle.locked(sorted(lead_ids)):
        if standing.stage not in SOLD_TO:
            given.refused[standing.pk] = _("Sales does not work on this lead.")
        elif standing.owner_id != rep.user_id:
            going.append(standing)
    given.lead_ids.extend(one.pk for one in going)
    owners = {one.pk: one.owner_id for one in going}
    deals = deal_owners.hand_over(
        former_by_lead_id=owners, to=rep.user, actor=actor, now=now
    )
    Reassignment.objects.bulk_create(
        [
            Reassignment(
                batch=given.batch,
                lead_id=one.pk,
                from_rep_id=one.owner_id,
                from_team_id=one.team_id,
                to_rep=rep.user,
                deals=deals.get(one.pk, []),
                actor=actor,
                at=now,
                reason=reason.strip(),
            )
            for one in going
        ]
    )
    _to(given.lead_ids, rep.user, rep.team)
    event = f"leads {given.batch} given"
    said = telling.Said(event=event, reason=reason.strip(), actor=actor, now=now)
    telling.tell_given(former_by_lead_id=owners, to=rep.user, said=said)
    return given


@transaction.atomic
def take_back(*, rows: Sequence[Reassignment], actor: User, now: datetime) -> Given:
    """Give leads back to whoever had them; those that went on since are refused.

    The rows are of one batch, at least one, and come with their lead and both reps.
    Again changes nothing, since whoever had them has them.

    Raises:
        NotYoursError: only managers do this; nothing has changed.
    """
    _check(actor)
    given = Given(rows[0].batch)
    by_lead_id = {row.lead_id: row for row in rows if row.lead_id is not None}
    groups: defaultdict[tuple[User | None, Team | None], list[Reassignment]]
    groups = defaultdict(list)
    for standing in leads_lifecycle.locked(sorted(by_lead_id)):
        row = by_lead_id[standing.pk]
        if why := _why_it_stays(row, standing):
            given.refused[standing.pk] = why
        else:
            former = row.from_rep
            groups[former, former.rep.team if former else row.from_team].append(row)
    for (former, team), back in groups.items():
        owners = {row.lead_id: row.to_rep_id for row in back if row.lead_id}
        given.lead_ids.extend(owners)
        _to(list(owners), former, team)
        for row in back:
            deal_owners.give_back(
                deal_ids=row.deals, by=row.to_rep, to=former, actor=actor, now=now
            )
        of_whom = f"{former.pk if former else 0} {team.pk if team else 0}"
        event = f"leads {given.batch} back to {of_whom}"
        said = telling.Said(event, _("Taken back"), actor, now)
        telling.tell_given(former_by_lead_id=owners, to=former, said=said)
    done = Reassignment.objects.filter(batch=given.batch, lead__in=given.lead_ids)
    done.update(undone_at=now)
    return given


def _why_it_stays(row: Reassignment, standing: Standing) -> str:
    """Why a lead is not given back; empty where it is."""
    if standing.stage not in SOLD_TO:
        return _("Sales does not work on this lead.")
    if standing.owner_id != row.to_rep_id:
        owner = standing.owner
        return _("{rep} has this lead by now.").format(rep=owner or _("Nobody"))
    former = row.from_rep
    if former is not None and not (former.is_active and hasattr(former, "rep")):
        return _("{rep} does not sell any more.").format(rep=former)
    return ""


def _to(lead_ids: Sequence[int], owner: User | None, team: Team | None) -> None:
    holder = (owner.pk if owner else None, team.pk if team else None)
    leads_lifecycle.assign_many(holders=dict.fromkeys(lead_ids, holder))
    follow_ups.follow_owners(lead_ids=lead_ids)


def _check(actor: User) -> None:
    if not actor.has_perm("handoff.manage_handoffs"):
        raise NotYoursError(_("Only managers give leads to other reps."))
