"""Taking leads out again that nobody has anything to do with."""

import hashlib
import json
from collections.abc import Collection, Iterable
from datetime import UTC

from django.db import transaction
from django.db.models import Q

from leads import activities
from leads.choices import Cause, ConsentHow, KeptWhy
from leads.models import Account, Activity, Lead, StageChange
from leads.transitions import AUTOMATIC

TOLD = (
    *("external_id", "source_system", "email", "first_name", "last_name", "phone"),
    *("title", "country", "source", "campaign_id", "typed_fields"),
)
# Rows about a lead that come by themselves, or with the import that made it.
BESIDE = {
    *("standing", "stagechange", "cycle", "externalid", "activity"),
    *("notification", "webhookdelivery"),
}


def fingerprint(lead: Lead) -> str:
    """What a lead is, in few letters: equal while nobody changes its particulars."""
    account_id = lead.account.pk if lead.account else None
    told = [str(getattr(lead, name)) for name in TOLD]
    told += [str(account_id), lead.created_at.astimezone(UTC).isoformat()]
    told.append(json.dumps(lead.custom, sort_keys=True))
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:16]


@transaction.atomic
def remove_leads(*, fingerprints: dict[int, str]) -> dict[int, KeptWhy]:
    """Delete those of these leads that nobody touched; why each other one stays.

    fingerprints: of each lead when it was as it should be. The leads are locked.
    """
    locked = Lead.objects.filter(pk__in=fingerprints).select_related("account")
    leads = list(locked.order_by("pk").select_for_update(of=("self",)))
    kept = dict.fromkeys(
        fingerprints.keys() - {lead.pk for lead in leads}, KeptWhy.GONE
    )
    there = [lead.pk for lead in leads]
    kept |= dict.fromkeys(_at_work(there), KeptWhy.WORK)
    kept |= dict.fromkeys(_moved(there), KeptWhy.MOVED)
    active = Activity.objects.filter(lead__in=there).order_by()
    kept |= dict.fromkeys(active.values_list("lead", flat=True), KeptWhy.ACTIVE)
    for lead in leads:
        if fingerprint(lead) != fingerprints[lead.pk]:
            kept[lead.pk] = KeptWhy.CHANGED
    Lead.objects.filter(pk__in=there).exclude(pk__in=kept).delete()
    return kept


@transaction.atomic
def remove_activities(*, activity_ids: Collection[int]) -> dict[int, KeptWhy]:
    """Delete these activities but those that a person judged; the score follows."""
    rows = Activity.objects.filter(pk__in=activity_ids).order_by("pk")
    found = {row.pk: row for row in rows.select_for_update()}
    kept = dict.fromkeys({*activity_ids} - found.keys(), KeptWhy.GONE)
    judged = (pk for pk, row in found.items() if row.judged_at is not None)
    kept |= dict.fromkeys(judged, KeptWhy.CHANGED)
    gone = found.keys() - kept.keys()
    Activity.objects.filter(pk__in=gone).delete()
    activities.mark_stale(lead_ids=sorted({found[pk].lead_id for pk in gone}))
    return kept


@transaction.atomic
def remove_accounts(*, account_ids: Collection[int]) -> dict[int, KeptWhy]:
    """Delete these accounts but those that have people, an owner or anything else."""
    accounts = Account.objects.filter(pk__in=account_ids)
    found = {*accounts.order_by("pk").values_list("pk", flat=True)}
    kept = dict.fromkeys({*account_ids} - found, KeptWhy.GONE)
    owned = accounts.exclude(owner=None).values_list("pk", flat=True)
    kept |= dict.fromkeys(owned, KeptWhy.CHANGED)
    for relation in Account._meta.related_objects:
        rows = relation.related_model._base_manager.filter(
            **{f"{relation.field.name}__in": found}
        )
        with_rows = rows.order_by().values_list(relation.field.name, flat=True)
        kept |= dict.fromkeys(with_rows.distinct(), KeptWhy.PEOPLE)
    Account.objects.filter(pk__in=found - kept.keys()).delete()
    return kept


def _at_work(lead_ids: Collection[int]) -> Iterable[int]:
    """Those about whom there is a row that a person, or our own work, made."""
    for relation in Lead._meta.related_objects:
        if relation.related_model._meta.model_name in BESIDE:
            continue
        rows = relation.related_model._base_manager.filter(
            **{f"{relation.field.name}__in": lead_ids}
        )
        if relation.related_model._meta.model_name == "consent":
            rows = rows.exclude(how=ConsentHow.IMPORT)
        yield from rows.order_by().values_list(relation.field.name, flat=True)


def _moved(lead_ids: Collection[int]) -> Iterable[int]:
    """Those whom a person moved, holds or owns."""
    by_itself = Q(cause__in=[*AUTOMATIC, Cause.IMPORT], actor=None)
    moves = StageChange.objects.filter(lead__in=lead_ids).exclude(by_itself)
    yield from moves.order_by().values_list("lead", flat=True)
    taken = Lead.objects.filter(pk__in=lead_ids).exclude(
        standing__owner=None, standing__held_since=None
    )
    yield from taken.order_by().values_list("pk", flat=True)
