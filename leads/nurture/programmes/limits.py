"""What keeps a mail from a lead for now: sales at work, or too many mails lately."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from leads.choices import Stage
from leads.models import Standing
from leads.nurture.choices import MuteLevel
from leads.nurture.models import Mail, MailTemplate, NurtureSettings, Programme
from leads.owed import OwedState

# While a lead is in one of these, sales works with it.
WITH_SALES = (Stage.SQL, Stage.ACCEPTED, Stage.OPPORTUNITY)


def current() -> NurtureSettings:
    """What holds for all programmes; the defaults where nobody has said anything."""
    return NurtureSettings.objects.order_by("pk").first() or NurtureSettings()


def save(*, said: dict[str, Any]) -> NurtureSettings:
    """Let these hold from now on."""
    settings = current()
    for name in ("mute", "most_mails", "in_days"):
        setattr(settings, name, said[name])
    settings.save()
    return settings


def mutes(
    *, settings: NurtureSettings, programme: Programme, template: MailTemplate
) -> bool:
    """Whether leads at work with sales are spared this mail of this programme."""
    if programme.is_sales_assist or settings.mute == MuteLevel.NONE:
        return False
    return settings.mute == MuteLevel.ALL or template.is_promotional


def with_sales(lead_ids: Iterable[int]) -> set[int]:
    """Those of these leads with whom sales works now."""
    found = Standing.objects.filter(pk__in=lead_ids, stage__in=WITH_SALES)
    return set(found.values_list("pk", flat=True))


def over_cap(
    *, settings: NurtureSettings, lead_ids: Sequence[int], now: datetime
) -> set[int]:
    """Those who got, or are owed, as many mails lately as they may get."""
    since = now - timedelta(days=settings.in_days)
    waits = Q(state=OwedState.DUE)
    recent = Mail.objects.filter(
        waits | Q(handed_over_at__gte=since), lead__in=lead_ids, tester=None
    )
    counts = recent.order_by().values("lead").annotate(count=Count("pk"))
    full = counts.filter(count__gte=settings.most_mails)
    return set(full.values_list("lead", flat=True))


def mute_reason(*, stage: str, settings: NurtureSettings | None = None) -> str:
    """Why programmes leave a lead in this stage alone; empty where they do not."""
    if stage not in WITH_SALES:
        return ""
    match (settings or current()).mute:
        case MuteLevel.ALL:
            return _("Sales works with this lead: only sales assist goes on.")
        case MuteLevel.PROMOTIONAL:
            return _("Sales works with this lead: it gets nothing promotional.")
    return ""


def refusal(mail: Mail) -> str:
    """Why a mail of a programme must not leave now; empty where it may."""
    step = mail.step
    if step is None or not with_sales([mail.lead_id]):
        return ""
    settings = current()
    if mutes(settings=settings, programme=step.programme, template=mail.template):
        return mute_reason(stage=Stage.SQL, settings=settings)
    return ""
