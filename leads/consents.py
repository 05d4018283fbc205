"""What leads agreed to, and whether they may be written to or called.

Each yes and no is a row that stays. The lead's `do_not_mail_…` and `do_not_call_…` say
what holds now: anybody's no sets them at once, but only the lead's own confirmation or
a person of ours takes them away. An import or a stranger at a form never does.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from leads.choices import ConsentHow, Purpose
from leads.models import Consent, Lead, User

BATCH = 500
WHY_LENGTH = 200
# Whose yes takes a "do not" away again.
MAY_ALLOW = (ConsentHow.CONFIRMED, ConsentHow.PERSON)
_COLUMNS = {
    Purpose.MAIL: ("do_not_mail_since", "do_not_mail_why"),
    Purpose.CALL: ("do_not_call_since", "do_not_call_why"),
}


@transaction.atomic
def record(
    *,
    lead: Lead,
    purpose: Purpose,
    text: str,
    version: str | int | None,
    given: bool,
    how: ConsentHow,
    source: str,
    at: datetime,
    actor: User | None = None,
) -> Consent:
    """Keep what the lead said to which wording. The same row again is kept once.

    source: where from, such as the address of a page or the name of a file. A no to
    mail or calls forbids them; see the module for what a yes does.
    """
    consent, is_new = Consent.objects.get_or_create(
        lead=lead,
        purpose=purpose,
        is_given=given,
        text=text,
        version="" if version is None else str(version),
        how=how,
        source=source[:500],
        at=at,
        defaults={"actor": actor},
    )
    if not is_new:
        return consent
    if not given:
        _forbid([lead.pk], purpose, text or str(ConsentHow(how).label), at)
    elif how in MAY_ALLOW and purpose in _COLUMNS:
        since, why = _COLUMNS[purpose]
        Lead.objects.filter(pk=lead.pk).update(**{since: None, why: ""})
    return consent


@transaction.atomic
def forbid(
    *,
    lead_ids: Sequence[int],
    purpose: Purpose,
    why: str,
    how: ConsentHow,
    at: datetime,
    source: str = "",
) -> int:
    """Note that these leads want no mail or no calls; how many that was news for.

    Those who said so before are left as they are.
    """
    since, _why = _COLUMNS[purpose]
    news: list[int] = []
    for start in range(0, len(lead_ids), BATCH):
        batch = Lead.objects.filter(pk__in=lead_ids[start : start + BATCH])
        free = batch.filter(**{since: None}).order_by("pk")
        news += free.select_for_update(no_key=True).values_list("pk", flat=True)
    rows = [
        Consent(
            lead_id=lead_id,
            purpose=purpose,
            is_given=False,
            text=why,
            how=how,
            source=source[:500],
            at=at,
        )
        for lead_id in news
    ]
    Consent.objects.bulk_create(rows, batch_size=BATCH)
    _forbid(news, purpose, why, at)
    return len(news)


@transaction.atomic
def note_agreed(
    *, lead_ids: Sequence[int], purpose: Purpose, how: ConsentHow, at: datetime
) -> None:
    """Keep that these leads agreed, as another system says.

    It takes no “do not” away; of the same way one yes a lead is kept.
    """
    for start in range(0, len(lead_ids), BATCH):
        some = lead_ids[start : start + BATCH]
        told = Consent.objects.filter(
            lead__in=some, purpose=purpose, is_given=True, how=how
        )
        known = {*told.order_by().values_list("lead", flat=True)}
        Consent.objects.bulk_create(
            Consent(lead_id=pk, purpose=purpose, is_given=True, how=how, at=at)
            for pk in some
            if pk not in known
        )


def _forbid(lead_ids: Sequence[int], purpose: Purpose, why: str, at: datetime) -> None:
    if purpose not in _COLUMNS:
        return
    since_column, why_column = _COLUMNS[purpose]
    written = {since_column: at, why_column: why[:WHY_LENGTH]}
    for start in range(0, len(lead_ids), BATCH):
        batch = Lead.objects.filter(pk__in=lead_ids[start : start + BATCH])
        batch.filter(**{since_column: None}).update(**written)
