"""Ready mappings for what other systems export.

The column names are those usual in HubSpot's contact export, Salesforce's lead report
and Pipedrive's people export, in English; no file of theirs was at hand to compare.
Their stages and states are not ours: these columns are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class System:
    """One system's export: what it is recognised by, and what fills what.

    marks: columns of which all are in the header. Names are compared without case.
    """

    label: str
    marks: Sequence[str]
    fields: dict[str, str] = field(default_factory=dict)
    left_out: Sequence[str] = ()


SYSTEMS = {
    "hubspot": System(
        label="HubSpot",
        marks=("Record ID", "Email", "Lifecycle Stage"),
        fields={
            "Record ID": "external_id",
            "Email": "email",
            "First Name": "first_name",
            "Last Name": "last_name",
            "Phone Number": "phone",
            "Job Title": "title",
            "Company Name": "company",
            "Website URL": "company_domain",
            "Industry": "industry",
            "Number of Employees": "employees",
            "Country/Region": "country",
            "Original Source": "source",
            "Create Date": "created_at",
        },
        left_out=("Lifecycle Stage", "Lead Status"),
    ),
    "salesforce": System(
        label="Salesforce",
        marks=("Lead ID", "Lead Source", "Lead Status"),
        fields={
            "Lead ID": "external_id",
            "Email": "email",
            "First Name": "first_name",
            "Last Name": "last_name",
            "Phone": "phone",
            "Title": "title",
            "Company / Account": "company",
            "Company": "company",
            "Website": "company_domain",
            "Industry": "industry",
            "No. of Employees": "employees",
            "Country": "country",
            "Lead Source": "source",
            "Create Date": "created_at",
            "Created Date": "created_at",
        },
        left_out=("Lead Status", "Stage"),
    ),
    "pipedrive": System(
        label="Pipedrive",
        marks=("Person - Name", "Person - ID"),
        fields={
            "Person - ID": "external_id",
            "Person - First name": "first_name",
            "Person - Last name": "last_name",
            "Person - Email - Work": "email",
            "Person - Email": "email",
            "Person - Phone - Work": "phone",
            "Person - Phone": "phone",
            "Person - Job title": "title",
            "Person - Organization": "company",
            "Person - Person created": "created_at",
        },
    ),
}
CHOICES = [
    ("", _("Find out by its columns")),
    *((key, system.label) for key, system in SYSTEMS.items()),
    ("generic", _("Another system")),
]


def detected(columns: Sequence[str]) -> str:
    """The key of the system whose export has these columns; empty where none has."""
    there = {column.casefold() for column in columns}
    for key, system in SYSTEMS.items():
        if all(mark.casefold() in there for mark in system.marks):
            return key
    return ""


def mapped(key: str, columns: Sequence[str]) -> dict[str, str]:
    """The field of each column that the system's mapping names; "" is left out."""
    system = SYSTEMS[key]
    by_name = {name.casefold(): field for name, field in system.fields.items()}
    by_name |= {name.casefold(): "" for name in system.left_out}
    found: dict[str, str] = {}
    for column in columns:
        name = by_name.get(column.casefold())
        if name is not None and (not name or name not in found.values()):
            found[column] = name
    return found
