"""What reports count of the changes of leads, kept beside them.

A `Cycle` says when a lead first came to each stage, `StageChange.stayed_seconds` how
long it had been where it left. Both follow from the changes that count, and are told
anew, for all of a lead, by whoever writes or moves one. A `Cycle` also says whence its
lead came and for whom it works, which is told anew by whoever writes that of a lead or
of its company.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection, transaction

from leads.choices import PATH, Stage
from leads.instants import seconds
from leads.lookups import any_of
from leads.models import Cycle, Lead

BATCH = 5_000
# What a change says of a lead that became an SQL, and its cycle of the last time.
MEASURED = ("engagement", "grade", "model_version")
# What of a lead its cycles say too, or say by its company.
FROM_LEAD = ("source", "campaign", "created_at", "country", "account")


@transaction.atomic(savepoint=False)
def retell(*, lead_ids: Collection[int]) -> None:
    """Write down the cycles and the stays of these leads as their changes say now."""
    ordered = sorted(lead_ids)
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        Cycle.objects.filter(lead__any_of=batch).delete()
        _tell_cycles(batch)
        _tell_stays(batch)


@transaction.atomic(savepoint=False)
def tell_first(*, lead_ids: Collection[int]) -> None:
    """Write down the cycle of leads that were entered just now, and moved never yet.

    Their stages are all of one instant, so that there is no stay to be told.
    """
    ordered = sorted(lead_ids)
    for start in range(0, len(ordered), BATCH):
        _tell_cycles(ordered[start : start + BATCH])


@transaction.atomic(savepoint=False)
def retell_origins(*, lead_ids: Collection[int]) -> None:
    """Write down whence these leads came as they say now.

    The caller has locked them and their standings, so that no change writes a cycle of
    what was before.
    """
    ordered = sorted(lead_ids)
    values = ", ".join(f"{column} = {told}" for column, told in _of_lead().items())
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        among, params = any_of("leads_cycle.lead_id", batch)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE leads_cycle SET {values} FROM {_LEADS}"  # noqa: S608
                f" WHERE l.id = leads_cycle.lead_id AND {among}",
                params,
            )


def whence(lead: Lead) -> list[Any]:
    """What the cycles of a lead say of it; who changes it tells them anew."""
    return [getattr(lead, name) for name in FROM_LEAD]


# A lead, and the company for which it works.
_LEADS = "leads_lead l LEFT JOIN leads_account a ON a.id = l.account_id"


def _of_lead() -> dict[str, str]:
    """What a cycle says of its lead: column → SQL on `_LEADS`."""
    return {
        "source": "l.source",
        "campaign_id": "l.campaign_id",
        "created_seconds": seconds("l.created_at"),
        "country": "COALESCE(NULLIF(TRIM(l.country), ''), TRIM(a.country), '')",
        "industry": "COALESCE(TRIM(a.industry), '')",
    }


# Changes `c` that were undone count for nothing.
_COUNTS = "NOT c.is_undone"
# The changes by which leads became SQLs, the last one of a cycle in the first place.
_LAST_SQL = (
    f"SELECT lead_id, cycle, at, {', '.join(MEASURED)}, ROW_NUMBER()"  # noqa: S608
    " OVER (PARTITION BY lead_id, cycle ORDER BY at DESC, id DESC) AS place"
    f" FROM leads_stagechange WHERE to_stage = '{Stage.SQL.value}'"
    " AND NOT is_undone AND {among}"
)


def _tell_cycles(lead_ids: Sequence[int]) -> None:
    firsts = {
        "qualified_seconds": f"c.to_stage = '{Stage.SQL.value}' AND NOT c.is_imported"
    }
    for place, stage in enumerate(PATH):
        entered = f"c.to_stage = '{stage.value}'"
        firsts[f"{stage.value}_seconds"] = entered
        # A way back is no entry: sales gave the lead back from a later stage.
        if later := ", ".join(f"'{each.value}'" for each in PATH[place + 1 :]):
            entered += f" AND c.from_stage NOT IN ({later})"
        firsts[f"{stage.value}_seen_seconds"] = f"{entered} AND NOT c.is_inferred"
    told = {
        column: seconds(f"MIN(CASE WHEN {_COUNTS} AND {which} THEN c.at END)")
        for column, which in firsts.items()
    }
    # All that a group has is of one lead.
    told |= {column: f"MIN({of_lead})" for column, of_lead in _of_lead().items()}
    told |= {
        "measured_at": "MIN(m.at)",
        **{column: f"MIN(m.{column})" for column in MEASURED},
    }
    # Be it undone: what was handed over stays so.
    told["was_sql"] = (
        f"COUNT(CASE WHEN c.to_stage = '{Stage.SQL.value}' THEN 1 END) > 0"
    )
    # Said of each: a young table may not know yet how much of it they are.
    measured, among_measured = any_of("lead_id", lead_ids)
    among, params = any_of("c.lead_id", lead_ids)
    leads, among_leads = any_of("l.id", lead_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO leads_cycle (lead_id, cycle, {', '.join(told)})"  # noqa: S608
            f" SELECT c.lead_id, c.cycle, {', '.join(told.values())}"
            f" FROM leads_stagechange c JOIN ({_LEADS}) ON l.id = c.lead_id"
            f" LEFT JOIN ({_LAST_SQL.format(among=measured)}) m"
            " ON m.lead_id = c.lead_id AND m.cycle = c.cycle AND m.place = 1"
            f" WHERE {among} AND {leads} GROUP BY c.lead_id, c.cycle"
            f" HAVING COUNT(CASE WHEN {_COUNTS} THEN 1 END) > 0"
            # Beside each other as the leads are, so that a join reads them in order.
            " ORDER BY c.lead_id, c.cycle",
            among_measured + params + among_leads,
        )


def _tell_stays(lead_ids: Sequence[int]) -> None:
    """A stay ends with the next change; what nobody saw happen has no true time."""
    among, params = any_of("lead_id", lead_ids)
    length = (
        "CASE WHEN c.was = c.from_stage AND c.to_stage <> c.from_stage"
        " AND NOT c.is_imported AND NOT c.was_unseen AND NOT c.is_undone"
        f" THEN {seconds('c.at')} - {seconds('c.since')} END"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE leads_stagechange SET stayed_seconds = s.length FROM ("  # noqa: S608
            f"SELECT c.id, {length} AS length FROM ("
            "SELECT id, from_stage, to_stage, at, is_imported, is_undone,"
            " LAG(at) OVER w AS since, LAG(to_stage) OVER w AS was,"
            " LAG(is_imported OR is_inferred) OVER w AS was_unseen"
            f" FROM leads_stagechange WHERE {among}"
            " WINDOW w AS (PARTITION BY lead_id, is_undone ORDER BY at, id)) c) s"
            " WHERE s.id = leads_stagechange.id"
            " AND COALESCE(s.length, -1) <> COALESCE(stayed_seconds, -1)",
            params,
        )
