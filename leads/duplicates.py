"""Leads that may be one person, and what people said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from leads.models import Distinct, Lead, User
from leads.paging import Page, page_of
from leads.querysets import LeadQuerySet

PAGE_SIZE = 25


class Ground(TextChoices):
    """Why two leads may be one."""

    PHONE = "phone", _("Same phone number")
    MAILBOX = "mailbox", _("Same mailbox")
    PERSON = "person", _("Same name and company")


# Equal in these, and not empty in the first.
COLUMNS: dict[Ground, tuple[str, ...]] = {
    Ground.PHONE: ("phone_key",),
    Ground.MAILBOX: ("mailbox_key",),
    Ground.PERSON: ("person_key", "account"),
}


@dataclass(frozen=True)
class Candidates:
    """Two leads that may be one: the earlier and the later."""

    earlier: Lead
    later: Lead


def candidates(*, ground: Ground, cursor: str) -> tuple[list[Candidates], Page[Lead]]:
    """A page of pairs, the latest lead first; nobody said of them that they are two."""
    later = _with_earlier(ground).with_standing()
    page = page_of(later, order=("-pk",), cursor=cursor, size=PAGE_SIZE)
    return _pairs(page.rows, ground), page


def count(*, ground: Ground, most: int = 1_000) -> int:
    """How many leads have an earlier one that they may be; counting stops at `most`."""
    return _with_earlier(ground).values("pk")[:most].count()


@transaction.atomic
def tell_apart(*, lead_ids: Sequence[int], actor: User, now: datetime) -> None:
    """Remember that these two are not the same; again changes nothing."""
    first, second = sorted(lead_ids)
    Distinct.objects.get_or_create(
        first_id=first, second_id=second, defaults={"said_by": actor, "said_at": now}
    )


def _with_earlier(ground: Ground) -> LeadQuerySet:
    key, *others = COLUMNS[ground]
    same = {name: OuterRef(name) for name in COLUMNS[ground]}
    told = Distinct.objects.filter(
        first=OuterRef("pk"), second=OuterRef(OuterRef("pk"))
    )
    earlier = Lead.objects.filter(pk__lt=OuterRef("pk"), **same).exclude(**{key: ""})
    leads = Lead.objects.exclude(**{key: ""}).order_by()
    for name in others:
        leads = leads.filter(**{f"{name}__isnull": False})
    return leads.filter(Exists(earlier.filter(~Exists(told))))


def _pairs(later: Sequence[Lead], ground: Ground) -> list[Candidates]:
    """Each with the earliest that it may be; the number of queries is fixed."""
    names = COLUMNS[ground]
    keys = {_key(lead, names) for lead in later}
    wanted = Q(pk__in=[])
    for key in keys:
        wanted |= Q(**dict(zip(names, key, strict=True)))
    alike = list(Lead.objects.with_standing().filter(wanted).order_by("pk"))
    told = set(
        Distinct.objects.filter(second__in=later, first__lt=F("second")).values_list(
            "first", "second"
        )
    )
    pairs = []
    for lead in later:
        for other in alike:
            is_earlier = other.pk < lead.pk and _key(other, names) == _key(lead, names)
            if is_earlier and (other.pk, lead.pk) not in told:
                pairs.append(Candidates(other, lead))
                break
    return pairs


def _key(lead: Lead, names: Sequence[str]) -> tuple[object, ...]:
    return tuple(
        lead.account_id if name == "account" else getattr(lead, name) for name in names
    )
