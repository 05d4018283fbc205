"""The list of visitors that a marketer brought from a trade fair."""

import csv
from datetime import datetime, timedelta
from io import StringIO

from leads.capture.uploads import running, storing
from leads.models import User

COLUMNS = (
    *("E-mail", "First name", "Last name", "Company", "Job title", "Country"),
    *("Lead source", "Marketing consent"),
)
FIRST = ("Aino", "Bruno", "Carla", "Dirk", "Elin", "Farid", "Greta", "Hugo")
LAST = ("Aalto", "Berg", "Costa", "Dahl", "Ekman", "Fabre")
COMPANIES = (
    ("Harbour Analytics", "harbour-analytics.example", "Denmark"),
    ("Lindgren Foods", "lindgren-foods.example", "Sweden"),
    ("Montclair Insurance", "montclair.example", "France"),
)
TITLES = ("Head of Operations", "Marketing Manager", "Data Analyst", "Student")
VISITORS = 24
# As people write at a stand, so that something is refused and can be mended.
UNREADABLE = ("will send it later", "greta.dahl(at)montclair.example", "n/a")


def bring(*, marketer: User, until: datetime) -> None:
    """Import the list as the page of imports does it, two days ago."""
    stream = StringIO()
    csv.writer(stream).writerows([COLUMNS, *map(_row, range(VISITORS))])
    at = until - timedelta(days=2)
    made = storing.store(
        name="Trade fair visitors.csv",
        content=[stream.getvalue().encode()],
        kind="",
        system="",
        actor=marketer,
        now=at,
    )
    running.start(file_import=made, now=at)
    running.continue_owed(now=at)


def _row(number: int) -> tuple[str, ...]:
    first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
    company, domain, country = COMPANIES[number % len(COMPANIES)]
    email = f"{first}.{last}.{number}@{domain}".casefold()
    if number % 8 == 5:
        email = UNREADABLE[number // 8]
    title, consent = TITLES[number % len(TITLES)], "yes" if number % 3 else ""
    return email, first, last, company, title, country, "trade fair", consent
