"""Making one lead of two that turned out to be the same person.

Every row that points at the one that goes is found by walking over the relations to
`Lead`, so a table that is added later cannot be forgotten. What a table needs beyond
being pointed elsewhere is done by the functions that `settings.MERGE_RULES` names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.db.models import Model, OuterRef, UniqueConstraint
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from leads import activities, cycles, lifecycle, particulars
from leads.crashpoints import crashpoint
from leads.models import Cycle, Distinct, ExternalId, Lead, Merge, Standing, User

# What a person chooses for each field; `kept` is the default where both have a value.
FIELDS = (*particulars.TYPED, "account")
KEPT, MERGED = "kept", "merged"
# Moved by hand below, or told anew.
_OF_THEIR_OWN = (Standing, Distinct, Cycle)


class MergeError(Exception):
    """These two cannot be merged; the message says why."""


@dataclass(frozen=True)
class Pair:
    """Two leads that become one: `merged_id` goes, `kept_id` stays.

    leading_id: the one of the two whose stage is the further, and stays.
    """

    kept_id: int
    merged_id: int
    leading_id: int

    @property
    def following_id(self) -> int:
        both = {self.kept_id, self.merged_id}
        return (both - {self.leading_id}).pop()


@transaction.atomic
def merge(
    *, kept: Lead, merged: Lead, chosen: Mapping[str, str], actor: User, now: datetime
) -> Merge:
    """Make one lead of two. Every row of `merged` becomes one of `kept`.

    chosen: for each of `FIELDS` whose value stays, `KEPT` or `MERGED`; a field that is
    not named keeps its value, or takes the other's where it has none. The further
    stage stays, and both histories. The lead is owed a rescore. Both are locked.

    Raises:
        MergeError: and nothing has changed.
    """
    kept, merged = _locked(kept, merged)
    choices = _choices(kept, merged, chosen)
    made = Merge.objects.create(
        survivor=kept,
        merged_id=merged.pk,
        merged_at=now,
        merged_by=actor,
        chosen=choices,
        lost=_lost(kept, merged, choices),
    )
    leading_id = lifecycle.leading(lead_ids=(kept.pk, merged.pk))
    pair = Pair(kept_id=kept.pk, merged_id=merged.pk, leading_id=leading_id)
    for rule in settings.MERGE_RULES:
        import_string(rule)(pair=pair, now=now)
    lifecycle.absorb(kept_id=kept.pk, merged_id=merged.pk, actor=actor, now=now)
    _keep_ids(kept, merged)
    _keep_distinct(pair)
    _move_rows(pair)
    cycles.retell(lead_ids=[kept.pk, merged.pk])
    crashpoint("merge_mid")
    _fill(kept, merged, choices)
    _remove(merged)
    kept.save(update_fields=_WRITTEN)
    cycles.retell_origins(lead_ids=[kept.pk])
    activities.mark_stale(lead_ids=[kept.pk])
    return made


_WRITTEN = (
    *particulars.WRITTEN,
    "custom",
    "created_at",
    "external_id",
    "source_system",
    "do_not_mail_since",
    "do_not_mail_why",
    "do_not_call_since",
    "do_not_call_why",
)


def relations() -> Iterator[models.ManyToOneRel]:
    """Every relation to a lead that the walk moves, tags among them."""
    for relation in Lead._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        if relation.related_model not in _OF_THEIR_OWN:
            yield relation


def uniques(
    relation: models.ManyToOneRel,
) -> Iterator[tuple[UniqueConstraint, set[str]]]:
    """The constraints that hold a lead's rows apart, with their other fields."""
    name = relation.field.name
    options = relation.related_model._meta
    for constraint in options.constraints:
        if isinstance(constraint, UniqueConstraint):
            fields = {
                *constraint.fields,
                *(str(getattr(each, "name", "")) for each in constraint.expressions),
            }
            if name in fields:
                yield constraint, fields - {name}
    for together in options.unique_together:
        if name in together:
            yield (
                UniqueConstraint(fields=together, name="together"),
                {*together} - {name},
            )


def _locked(kept: Lead, merged: Lead) -> tuple[Lead, Lead]:
    if kept.pk == merged.pk:
        raise MergeError(_("A lead cannot be merged with itself."))
    pks = [kept.pk, merged.pk]
    particulars.lock(lead_ids=pks, account_ids=[])
    found = Lead.objects.select_related("account", "campaign").in_bulk(pks)
    if len(found) < len(pks):
        raise MergeError(_("One of the two was merged or removed meanwhile."))
    if any(lead.erased_at for lead in found.values()):
        raise MergeError(_("An erased person cannot be merged."))
    return found[kept.pk], found[merged.pk]


def _choices(kept: Lead, merged: Lead, chosen: Mapping[str, str]) -> dict[str, str]:
    choices = {}
    for name in FIELDS:
        default = KEPT if getattr(kept, name) else MERGED
        choices[name] = chosen.get(name, default)
    return choices


def _lost(kept: Lead, merged: Lead, choices: Mapping[str, str]) -> dict[str, str]:
    """The values that are given up, as they are shown."""
    lost = {}
    for name, choice in choices.items():
        given_up = getattr(merged if choice == KEPT else kept, name)
        stays = getattr(kept if choice == KEPT else merged, name)
        if given_up and given_up != stays:
            lost[name] = str(given_up)
    return lost


def _fill(kept: Lead, merged: Lead, choices: Mapping[str, str]) -> None:
    for name, choice in choices.items():
        if choice == MERGED:
            setattr(kept, name, getattr(merged, name))
    kept.custom = {**merged.custom, **kept.custom}
    kept.created_at = min(kept.created_at, merged.created_at)
    for channel in ("mail", "call"):
        since, why = f"do_not_{channel}_since", f"do_not_{channel}_why"
        if getattr(kept, since) is None:
            setattr(kept, since, getattr(merged, since))
            setattr(kept, why, getattr(merged, why))
    particulars.derive(kept)


def _keep_ids(kept: Lead, merged: Lead) -> None:
    """Let the id of the one that goes be a further id of the one that stays."""
    if not merged.external_id:
        return
    if not kept.external_id:
        kept.external_id = merged.external_id
        kept.source_system = merged.source_system
        return
    ExternalId.objects.create(
        lead=kept, source_system=merged.source_system, external_id=merged.external_id
    )


def _keep_distinct(pair: Pair) -> None:
    """Whoever was told apart from the one that goes is so from the one that stays."""
    about = Distinct.objects.filter(first=pair.merged_id) | Distinct.objects.filter(
        second=pair.merged_id
    )
    rows = []
    for row in about:
        other = row.second_id if row.first_id == pair.merged_id else row.first_id
        if other != pair.kept_id:
            first, second = sorted((other, pair.kept_id))
            rows.append(
                Distinct(
                    first_id=first,
                    second_id=second,
                    said_by_id=row.said_by_id,
                    said_at=row.said_at,
                )
            )
    about.delete()
    Distinct.objects.bulk_create(rows, ignore_conflicts=True)


def _move_rows(pair: Pair) -> None:
    """Point everything elsewhere; of two rows that say the same, the kept one stays."""
    cycle = Standing.objects.values_list("cycle", flat=True).get(pk=pair.kept_id)
    for relation in relations():
        name, model = relation.field.name, relation.related_model
        rows = model._base_manager.filter(**{name: pair.merged_id})
        for others in _sets_of_others(relation):
            same = {other: OuterRef(other) for other in others}
            theirs = model._base_manager.filter(**{name: pair.kept_id}, **same)
            rows.filter(models.Exists(theirs)).delete()
        rows.update(**{name: pair.kept_id})
        if _has_field(model, "cycle"):
            mine = model._base_manager.filter(**{name: pair.kept_id}, cycle__gt=cycle)
            mine.update(cycle=cycle)


def _sets_of_others(relation: models.ManyToOneRel) -> list[set[str]]:
    if isinstance(relation, models.OneToOneRel):
        return [set()]
    return [
        others for constraint, others in uniques(relation) if not constraint.condition
    ]


def _has_field(model: type[Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _remove(merged: Lead) -> None:
    """Remove the row, of which nothing may be left that would go with it."""
    _count, by_table = merged.delete()
    if extra := by_table.keys() - {"leads.Lead", "leads.Standing"}:
        raise MergeError(
            _("Something new came in ({tables}); try again.").format(
                tables=", ".join(sorted(extra))
            )
        )


def survivor_of(*, lead_id: int) -> int | None:
    """Who the lead of an old number is now; None where it was never merged."""
    # Not `in` a list: only a plain comparison may be with a number of any size.
    found = Merge.objects.filter(merged_id=lead_id).order_by()
    return found.values_list("survivor", flat=True).first()
