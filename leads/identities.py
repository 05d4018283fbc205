"""Finding a lead by any number or id under which it was ever known."""

from collections.abc import Collection

from leads.models import ExternalId, Lead, Merge

ExternalKey = tuple[str, str]  # source system, external id


def by_external_ids(*, keys: Collection[ExternalKey]) -> dict[ExternalKey, int]:
    """The lead's number for each of these ids that is known, first or further."""
    systems = {system for system, _external_id in keys}
    ids = {external_id for _system, external_id in keys}
    if not ids:
        return {}
    alike = {"source_system__in": systems, "external_id__any_of": ids}
    further = ExternalId.objects.filter(**alike).values_list(
        "source_system", "external_id", "lead"
    )
    # The exclusion says in the words of the partial index that it may serve.
    first = Lead.objects.filter(**alike).exclude(external_id="").order_by()
    rows = [*further, *first.values_list("source_system", "external_id", "pk")]
    found = {(system, external_id): lead for system, external_id, lead in rows}
    return {key: found[key] for key in keys if key in found}


def names_of(*, lead: Lead) -> list[ExternalKey]:
    """Under which ids other systems know the lead, the first one first."""
    own = [(lead.source_system, lead.external_id)] if lead.external_id else []
    further = lead.further_ids.values_list("source_system", "external_id")
    return [*own, *further]


def survivor_ids(*, lead_ids: Collection[int]) -> dict[int, int]:
    """For each of these numbers that was merged away, the number of who it is now."""
    merges = Merge.objects.filter(merged_id__in=lead_ids)
    return dict(merges.values_list("merged_id", "survivor"))
