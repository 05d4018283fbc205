"""Taking out again the deals that an import made, and their leads' stages back.

A deal whose lead cannot go back stays, so that no lead stands where no deal put it.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from handoff.choices import HandoffStatus
from handoff.models import Deal, Handoff
from leads import lifecycle
from leads.capture.choices import What
from leads.capture.models import ImportedRecord
from leads.choices import Cause, KeptWhy
from leads.models import StageChange, Standing


@transaction.atomic
def remove_deals(
    *, record_ids: Collection[int], file_import_id: int, now: datetime
) -> dict[int, KeptWhy]:
    """Delete those of these deals that nobody touched; why each other one stays.

    The standings of their leads and the deals are locked.
    """
    deals = Deal.objects.filter(pk__in=record_ids).order_by("pk")
    lead_ids = sorted({*deals.values_list("lead", flat=True)})
    standings = lifecycle.locked(lead_ids)
    found = {deal.pk: deal for deal in deals.select_for_update()}
    kept = dict.fromkeys({*record_ids} - found.keys(), KeptWhy.GONE)
    touched = _touched(lead_ids)
    stay = _at_work(lead_ids, touched, file_import_id) | _moved_on(
        standings, file_import_id
    )
    for pk, deal in found.items():
        if pk in touched:
            kept[pk] = KeptWhy.CHANGED
        elif deal.lead_id in stay:
            kept[pk] = stay[deal.lead_id]
    Deal.objects.filter(pk__in=found.keys() - kept.keys()).delete()
    return kept


@transaction.atomic
def take_back_stages(
    *, record_ids: Collection[int], file_import_id: int, now: datetime
) -> dict[int, KeptWhy]:
    """Take back these changes of leads that have no deal any more; why each stays."""
    rows = StageChange.objects.filter(pk__in=record_ids).order_by("pk")
    lead_by_change = dict(rows.values_list("pk", "lead"))
    lead_ids = sorted({*lead_by_change.values()})
    standings = lifecycle.locked(lead_ids)
    with_deal = Deal.objects.filter(lead__in=lead_ids).values_list("lead", flat=True)
    stay = dict.fromkeys(with_deal.order_by(), KeptWhy.WORK)
    stay |= _moved_on(standings, file_import_id)
    for lead_id, changes in _ours(lead_ids, file_import_id).items():
        left = len(changes) if lead_id not in stay else 0
        while left > 0:
            lifecycle.undo(lead_id=lead_id, cause=Cause.IMPORT, actor=None, now=now)
            left = len(_ours([lead_id], file_import_id)[lead_id])
    kept = dict.fromkeys({*record_ids} - lead_by_change.keys(), KeptWhy.GONE)
    undone = {*rows.filter(is_undone=True).values_list("pk", flat=True)}
    return kept | {
        pk: stay[lead_id] for pk, lead_id in lead_by_change.items() if pk not in undone
    }


def _touched(lead_ids: Sequence[int]) -> set[int]:
    """The deals that were changed since they were made, or that something hangs on."""
    deals = Deal.objects.filter(lead__in=lead_ids)
    touched = {*deals.filter(version__gt=1).values_list("pk", flat=True)}
    for relation in Deal._meta.related_objects:
        rows = relation.related_model._base_manager.filter(
            **{f"{relation.field.name}__in": deals}
        )
        touched |= {*rows.values_list(relation.field.name, flat=True)}
    return touched


def _at_work(
    lead_ids: Sequence[int], touched: set[int], file_import_id: int
) -> dict[int, KeptWhy]:
    """The leads that the import moved and that have a deal which is not taken out.

    So does one whose offer to sales the import answered.
    """
    ours = ImportedRecord.objects.filter(
        file_import=file_import_id, what=What.DEAL, kept_why=""
    )
    deals = Deal.objects.filter(lead__in=lead_ids)
    others = deals.exclude(pk__in=ours.values("record_id"))
    answered = Handoff.objects.filter(
        lead__in=lead_ids, status=HandoffStatus.ACCEPTED, decided_by=None
    )
    busy = {*others.values_list("lead", flat=True)}
    busy |= {*deals.filter(pk__in=touched).values_list("lead", flat=True)}
    busy |= {*answered.values_list("lead", flat=True)}
    moved = _ours(lead_ids, file_import_id)
    return dict.fromkeys(busy & moved.keys(), KeptWhy.WORK)


def _moved_on(standings: Sequence[Standing], file_import_id: int) -> dict[int, KeptWhy]:
    """The leads of which a change of stage that we made is not among the latest."""
    ours = _ours([each.pk for each in standings], file_import_id)
    counting = StageChange.objects.filter(lead__in=[*ours], is_undone=False)
    ids_by_lead, last_by_lead = defaultdict[int, list[int]](list), dict[int, str]()
    for change in counting.order_by("-at", "-pk"):
        ids_by_lead[change.lead_id].append(change.pk)
        last_by_lead.setdefault(change.lead_id, change.to_stage)
    return {
        each.pk: KeptWhy.MOVED
        for each in standings
        if each.pk in ours
        and (
            {*ids_by_lead[each.pk][: len(ours[each.pk])]} != ours[each.pk]
            or last_by_lead[each.pk] != each.stage
        )
    }


def _ours(lead_ids: Collection[int], file_import_id: int) -> dict[int, set[int]]:
    """The changes of these leads that the import made and that count, by lead."""
    traces = ImportedRecord.objects.filter(file_import=file_import_id, what=What.STAGE)
    counting = StageChange.objects.filter(
        lead__in=lead_ids, is_undone=False, pk__in=traces.values("record_id")
    )
    ours = defaultdict[int, set[int]](set)
    for pk, lead_id in counting.values_list("pk", "lead"):
        ours[lead_id].add(pk)
    return ours
