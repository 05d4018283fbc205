"""People of the invented company who stand there twice, and what some asked for."""

from datetime import datetime, timedelta

from leads import consents, particulars
from leads.choices import ConsentHow, Purpose, Stage
from leads.models import Lead, User

DOUBLES = 3


def lay_out(*, marketer: User, until: datetime) -> None:
    """Let three leads come again with another address, and two say no.

    Whoever is in the hands of sales by now is left alone.
    """
    young = Lead.objects.filter(standing__stage=Stage.NEW, account__isnull=False)
    for lead in young.select_related("account", "campaign").order_by("pk")[:DOUBLES]:
        typed = particulars.as_typed(lead)
        again = typed | {
            "email": f"{lead.first_name}.office@{typed['company_domain']}".casefold(),
            "title": "",
            "source": "trade fair",
            "campaign": None,
        }
        came_at = until - timedelta(days=2)
        particulars.save_lead(lead=None, typed=again, now=came_at)
    known = list(young.order_by("-pk")[:2])
    wishes = [
        (Purpose.MAIL, "“Please take me off your list”, by mail"),
        (Purpose.CALL, "Asked at the fair not to be called"),
    ]
    for lead, (purpose, words) in zip(known, wishes, strict=False):
        consents.record(
            lead=lead,
            purpose=purpose,
            text=words,
            version=None,
            given=False,
            how=ConsentHow.PERSON,
            source="",
            at=until - timedelta(days=1),
            actor=marketer,
        )
