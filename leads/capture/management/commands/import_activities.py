"""`manage.py import_activities`: take in what leads did, from a CSV file."""

from leads.capture.activity_import import ACTIVITIES
from leads.capture.import_command import ImportCommand


class Command(ImportCommand):
    """Take activities of known leads in from a CSV file; each is recorded once.

    Example: manage.py import_activities webinar.csv --map joined=occurred_at
    --set kind=webinar_attended --set campaign="Spring webinar"
    """

    help = __doc__ or ""
    kind = ACTIVITIES
