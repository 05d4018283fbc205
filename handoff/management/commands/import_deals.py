"""`manage.py import_deals`: take deals in from a CSV file."""

from handoff.selling.deal_import import DEALS
from leads.capture.import_command import ImportCommand


class Command(ImportCommand):
    """Take deals of known leads in from a CSV file; again, it changes nothing.

    Example: manage.py import_deals won.csv --map closed=won_at --set source_system=crm
    """

    help = __doc__ or ""
    kind = DEALS
