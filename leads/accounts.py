"""Companies: who changes them by hand, and making one of two.

What imports and edits of leads say of companies is `companies`.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from leads import particulars
from leads.companies import country_key, is_domain
from leads.models import Account
from leads.text import domain_key, name_key

FIELDS = ("name", "domain", "industry", "employees", "country", "owner")


class AccountError(Exception):
    """An account cannot be saved so: the field at fault, and why."""

    def __init__(self, field: str | None, message: str) -> None:
        super().__init__(message)
        self.field = field


class ChangedMeanwhileError(Exception):
    """Somebody else changed the account since it was shown."""


def as_typed(account: Account) -> dict[str, Any]:
    """The fields of an account as a form shows them."""
    return {name: getattr(account, name) for name in FIELDS}


def fingerprint(account: Account) -> str:
    """What the fields were, in few letters: equal while nobody changed them."""
    shown = repr([str(value) for value in as_typed(account).values()])
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


@transaction.atomic
def edit(*, account: Account, typed: Mapping[str, Any], seen: str) -> Account:
    """Write what a person typed; the leads of the account are owed a rescore.

    seen: the `fingerprint` of what the person had before them. The leads of the
    account are locked.

    Raises:
        ChangedMeanwhileError, AccountError: and nothing has changed.
    """
    particulars.lock(lead_ids=[], account_ids=[account.pk])
    saved = Account.objects.select_for_update().get(pk=account.pk)
    if fingerprint(saved) != seen:
        raise ChangedMeanwhileError
    domain = domain_key(typed["domain"])
    if domain and not is_domain(domain):
        raise AccountError("domain", _("This is no web domain."))
    is_renamed = typed["name"] != saved.name
    for name in FIELDS:
        setattr(saved, name, typed[name])
    saved.domain, saved.name_key = domain, name_key(typed["name"])
    saved.country_key = country_key(typed["country"])
    try:
        with transaction.atomic():
            saved.save(update_fields=[*FIELDS, "name_key", "country_key"])
    except IntegrityError as error:
        field = "domain" if domain else "name"
        taken = _("Another account has this; merge the two instead.")
        raise AccountError(field, taken) from error
    renamed = [saved.pk] if is_renamed else []
    particulars.after_account_changes(changed=[saved.pk], renamed=renamed)
    return saved


@transaction.atomic
def merge(*, kept: Account, merged: Account, now: datetime) -> Account:
    """Give the people of one account to the other, which learns what it did not know.

    The leads of both are locked.

    Raises:
        AccountError: one of the two is gone, or they are the same.
    """
    pks = [kept.pk, merged.pk]
    particulars.lock(lead_ids=[], account_ids=pks)
    found = Account.objects.select_for_update().order_by("pk").in_bulk(pks)
    if len(found) != 2:
        raise AccountError("other", _("Choose another account that is still there."))
    kept, merged = found[kept.pk], found[merged.pk]
    for relation in Account._meta.related_objects:
        rows = relation.related_model._base_manager.filter(
            **{relation.field.name: merged.pk}
        )
        rows.update(**{relation.field.name: kept.pk})
    for name in FIELDS:
        if getattr(kept, name) in ("", None):
            setattr(kept, name, getattr(merged, name))
    merged.delete()
    kept.save(update_fields=FIELDS)
    particulars.after_account_changes(changed=[kept.pk], renamed=[kept.pk])
    return kept
