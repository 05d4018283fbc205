"""Erasing a person: the counts stay, the person goes.

The lead's row stays without particulars, so that no report changes. Nothing of what is
written here can be undone.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, quote_plus

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from leads import forgetting, lifecycle, particulars, personal
from leads.choices import Cause, Stage
from leads.crashpoints import crashpoint
from leads.lifecycle import Move
from leads.models import Erasure, Lead, Standing, User
from leads.personal import Named
from leads.text import email_key, fold

# A shorter id or number is part of too many other words to look for.
SHORTEST_SOUGHT = 6
GONE = "[…]"
CHUNK = 500


class ErasureError(Exception):
    """The lead cannot be erased; the message says why."""


@dataclass(frozen=True)
class Held:
    """How many rows of a table are about a lead, and whether they go altogether."""

    model: type[Model]
    count: int
    is_deleted: bool

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name_plural)


def what_goes(*, lead: Lead) -> list[Held]:
    """What erasure would reach, by table; tables without a row are left out."""
    held = []
    for table in personal.tables():
        count = table.rows_of(lead.pk).count()
        if count and (table.deletes or table.blank):
            held.append(Held(table.model_class, count, table.deletes))
    return held


@transaction.atomic
def erase(*, lead: Lead, actor: User | None, now: datetime) -> Erasure:
    """Take everything that tells who the lead is out of every table, for good.

    Keyed hashes of addresses, ids and number are kept, so that no import brings the
    person back. Stage changes, hand-offs and activities stay as numbers. Again changes
    nothing. The lead is locked.

    Raises:
        ErasureError: the lead was merged or removed meanwhile.
    """
    particulars.lock(lead_ids=[lead.pk], account_ids=[])
    found = Lead.objects.filter(pk=lead.pk).first()
    if found is None:
        raise ErasureError(_("This lead was merged or removed meanwhile."))
    if found.erased_at is not None:
        return Erasure.objects.get(lead=found)
    sought = _sought(found)
    forgetting.remember(particulars=_hashed(found), now=now)
    reached = _clear(found)
    crashpoint("erase_mid")
    reached += _clear_named(sought)
    for rule in settings.ERASURE_RULES:
        import_string(rule)(lead_id=found.pk, sought=sought, now=now)
    _disqualify(found, actor, now)
    Lead.objects.filter(pk=found.pk).update(erased_at=now)
    return Erasure.objects.create(
        lead=found, erased_at=now, erased_by=actor, reached=dict(reached)
    )


def _hashed(lead: Lead) -> list[forgetting.Particular]:
    further = lead.further_ids.values_list("source_system", "external_id")
    return [
        forgetting.by_email(lead.email),
        *map(forgetting.by_email, sorted(personal.addresses_of(lead.pk))),
        forgetting.by_phone(lead.phone),
        forgetting.by_id(lead.source_system, lead.external_id),
        *(forgetting.by_id(*key) for key in further),
    ]


def _sought(lead: Lead) -> list[str]:
    """The words by which other rows may name the person, the longest first."""
    full = f"{lead.first_name} {lead.last_name}".strip()
    words = {lead.email, lead.email_key}
    for address in personal.addresses_of(lead.pk):
        words |= {address, email_key(address)}
    if lead.first_name and lead.last_name:
        words |= {full, fold(full), f"{lead.last_name}, {lead.first_name}"}
    further = lead.further_ids.values_list("external_id", flat=True)
    short = {lead.phone, lead.external_id, *further}
    words |= {word for word in short if len(word) >= SHORTEST_SOUGHT}
    # Filters are kept as they stand in an address.
    words |= {encode(word) for word in words for encode in (quote, quote_plus)}
    return sorted(words - {""}, key=len, reverse=True)


def _clear(lead: Lead) -> Counter[str]:
    reached: Counter[str] = Counter()
    for table in personal.tables():
        rows = table.rows_of(lead.pk)
        if table.deletes:
            reached[table.model] += rows.delete()[0]
        elif table.blank:
            reached[table.model] += rows.update(**table.blank)
        for column, key in table.typed:
            _rewrite(rows, column, partial(_without_words_of, key=key))
    return +reached


def _clear_named(sought: Sequence[str]) -> Counter[str]:
    """Take the person's names out of rows that are not theirs."""
    reached: Counter[str] = Counter()
    if not sought:
        return reached
    pattern = re.compile("|".join(map(re.escape, sought)), re.IGNORECASE)
    for table in personal.tables():
        for column in table.scrubbed:
            rows = _naming(table.model_class, column, sought)
            match table.named:
                case Named.DELETED:
                    reached[table.model] += rows.delete()[0]
                case Named.BLANKED:
                    reached[table.model] += rows.update(**table.blank)
                case Named.SCRUBBED:
                    without = partial(_without, pattern=pattern)
                    reached[table.model] += _rewrite(rows, column, without)
    return +reached


def _naming(model: type[Model], column: str, sought: Sequence[str]) -> QuerySet[Model]:
    """The rows whose column holds one of these words."""
    named = Q()
    for word in sought:
        # SQLite keeps JSON with every other letter than ASCII escaped.
        for written in {word, json.dumps(word)[1:-1]}:
            named |= Q(written__icontains=written)
    rows = model._base_manager.annotate(written=Cast(column, TextField()))
    pks = list(rows.filter(named).values_list("pk", flat=True))
    return model._base_manager.filter(pk__in=pks)


def _rewrite(rows: QuerySet[Model], column: str, change: Callable[[Any], Any]) -> int:
    """Write the column as `change` makes it; how many rows that concerned."""
    count = 0
    for row in rows.only(column).iterator(chunk_size=CHUNK):
        before = getattr(row, column)
        after = change(before)
        if after != before:
            rows.filter(pk=row.pk).update(**{column: after})
            count += 1
    return count


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    match value:
        case str():
            return pattern.sub(GONE, value)
        case list():
            return [_without(each, pattern) for each in value]
        case dict():
            return {
                _without(key, pattern): _without(each, pattern)
                for key, each in value.items()
            }
        case _:
            return value


def _without_words_of(value: Any, key: str) -> Any:
    """The value, with nothing left of what stands under this key at any depth."""
    match value:
        case list():
            return [_without_words_of(each, key) for each in value]
        case dict():
            return {
                name: "" if name == key else _without_words_of(each, key)
                for name, each in value.items()
            }
        case _:
            return value


def _disqualify(lead: Lead, actor: User | None, now: datetime) -> None:
    """Take the lead off every board; a customer's deals stay those of a customer."""
    stage = Standing.objects.values_list("stage", flat=True).get(pk=lead.pk)
    if stage not in (Stage.CUSTOMER, Stage.DISQUALIFIED):
        wanted = Move(lead.pk, Stage.DISQUALIFIED, Cause.ERASURE, now, actor)
        lifecycle.move(wanted=wanted, now=now)
