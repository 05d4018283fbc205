"""Finding the leads that the rows of a chunk speak of."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from leads import identities
from leads.capture.importing import RowRefusedError
from leads.capture.mapping import ParsedRow
from leads.identities import ExternalKey
from leads.models import Lead
from leads.querysets import LeadQuerySet
from leads.text import email_key


def external_key(row: ParsedRow, name: str) -> ExternalKey | None:
    """The id that the row gives in the field of that name, with its system."""
    external_id = row.values.get(name)
    if external_id is None:
        return None
    return row.values.get("source_system", ""), external_id


def address_key(row: ParsedRow) -> str:
    """The row's e-mail address as leads are found by it; empty without one."""
    return email_key(row.values.get("email", ""))


def leads_addressed(*, addresses: Iterable[str]) -> dict[str, int]:
    """The lead's number for each of these addresses that is known."""
    found = Lead.objects.filter(email_key__any_of={*addresses} - {""}).order_by()
    # The exclusion says in the words of the partial index that it may serve.
    return dict(found.exclude(email_key="").values_list("email_key", "pk"))


class LeadFinder:
    """Finds the lead of each row by `lead_external_id`, else by e-mail address.

    among: the leads that may be found; all without it.
    """

    def __init__(
        self, rows: Sequence[ParsedRow], *, among: LeadQuerySet | None = None
    ) -> None:
        externals = {external_key(row, "lead_external_id") for row in rows}
        keys = [key for key in externals if key]
        self._by_external = identities.by_external_ids(keys=keys)
        addresses = (address_key(row) for row in rows)
        self._by_address = leads_addressed(addresses=addresses)
        if among is not None:
            self._forget_others(among)

    def find(self, row: ParsedRow) -> int:
        """The key of the row's lead.

        Raises:
            RowRefusedError: the row names no lead, none that exists, or two.
        """
        external, address = external_key(row, "lead_external_id"), address_key(row)
        by_external = self._by_external.get(external) if external else None
        by_address = self._by_address.get(address)
        if by_external and by_address and by_external != by_address:
            raise RowRefusedError("email", _("is the address of another lead"))
        found = by_external or by_address
        if found is None:
            raise self._missing(external, address)
        return found

    def _forget_others(self, among: LeadQuerySet) -> None:
        """Leave those that may be found, so that another's lead is an unknown one."""
        found = {*self._by_external.values(), *self._by_address.values()}
        seen = {*among.filter(pk__any_of=found).values_list("pk", flat=True)}
        kept = {key: pk for key, pk in self._by_external.items() if pk in seen}
        self._by_external = kept
        self._by_address = {
            key: pk for key, pk in self._by_address.items() if pk in seen
        }

    def _missing(self, external: ExternalKey | None, address: str) -> RowRefusedError:
        if external is None and not address:
            reason = _("neither the lead's external id nor its e-mail address")
            return RowRefusedError("lead_external_id", reason)
        if external is None:
            reason = _("there is no lead with the address “{address}”")
            return RowRefusedError("email", reason.format(address=address))
        system, external_id = external
        reason = _("there is no lead “{external_id}” of the system “{system}”")
        if not system:
            reason = _("there is no lead “{external_id}” without a source system")
        shown = reason.format(external_id=external_id, system=system)
        return RowRefusedError("lead_external_id", shown)
