"""What an import may write on a lead that is known already."""

from dataclasses import replace

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from leads.capture.mapping import ParsedRow
from leads.models import Lead

CUSTOM = "custom."
PLAIN = (
    "email",
    "first_name",
    "last_name",
    "phone",
    "title",
    "country",
    "source",
    "campaign",
)
# Who wants no mail says so to any import.
WISHES = ("do_not_mail", "do_not_call", "consent")
# Of a known lead these are never blank.
ALWAYS_FILLED = ("stage", "stage_at", "created_at")


class Known(TextChoices):
    """What a row does to a record that is there already."""

    UPDATE = "update", _("Update it")
    BLANKS = "blanks", _("Fill in only what is empty")
    SKIP = "skip", _("Leave it as it is")


def spared(row: ParsedRow, *, lead: Lead, known: Known) -> ParsedRow:
    """The row without the cells that must not be written on the lead.

    What a person typed stays, whatever is chosen.
    """
    if known == Known.SKIP:
        heard = {name: it for name, it in row.values.items() if name in WISHES}
        return replace(row, values=heard)
    kept = {*lead.typed_fields}
    if {"company", "company_domain"} & kept:
        kept |= {"company", "company_domain"}
    if known == Known.BLANKS:
        kept |= _filled(lead)
    return replace(
        row, values={name: it for name, it in row.values.items() if name not in kept}
    )


def _filled(lead: Lead) -> set[str]:
    filled = {name for name in PLAIN if getattr(lead, name)} | {*ALWAYS_FILLED}
    filled |= {f"{CUSTOM}{key}" for key in lead.custom}
    account = lead.account
    if account is not None:
        filled |= {"company", "company_domain"}
        filled |= {"industry"} if account.industry else set()
        filled |= {"employees"} if account.employees is not None else set()
    return filled
