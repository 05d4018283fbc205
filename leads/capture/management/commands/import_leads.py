"""`manage.py import_leads`: take leads in from a CSV file."""

from leads.capture.import_command import ImportCommand
from leads.capture.lead_import import LEADS


class Command(ImportCommand):
    """Take leads in from a CSV file; the same file again changes nothing.

    Example: manage.py import_leads fair.csv --map "Visited on=stage_at" --set stage=mql
    """

    help = __doc__ or ""
    kind = LEADS
