"""What a form may ask for: the fields of a lead, and fields of one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from leads.capture import values
from leads.capture.values import Parser

EMAIL = "email"
CUSTOM = "custom."
LONGEST_KEY = 50


@dataclass(frozen=True)
class KnownField:
    """A field that every lead has: its usual question, and how answers are read.

    autocomplete: the browser's word, so that it fills the field in.
    """

    label: str | Promise
    parser: Parser
    autocomplete: str = ""


KNOWN: dict[str, KnownField] = {
    EMAIL: KnownField(_("E-mail"), values.email, "email"),
    "first_name": KnownField(_("First name"), values.text_up_to(100), "given-name"),
    "last_name": KnownField(_("Last name"), values.text_up_to(100), "family-name"),
    "company": KnownField(_("Company"), values.text_up_to(200), "organization"),
    "title": KnownField(_("Job title"), values.text_up_to(200), "organization-title"),
    "phone": KnownField(_("Phone"), values.text_up_to(50), "tel"),
    "country": KnownField(_("Country"), values.text_up_to(100), "country-name"),
    "company_domain": KnownField(_("Company's web site"), values.domain, "url"),
}


def parser(name: str) -> Parser:
    """How what is typed into the field of that name is read."""
    return values.anything if is_custom(name) else KNOWN[name].parser


def is_custom(name: str) -> bool:
    return name.startswith(CUSTOM)


def custom_name(question: str) -> str:
    """The name under which the answers to a question of one's own are kept."""
    key = (
        slugify(question, allow_unicode=True).replace("-", "_")[:LONGEST_KEY].strip("_")
    )
    return f"{CUSTOM}{key}" if key else ""


def split(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The particulars, and the custom fields by their keys."""
    particulars = {name: value for name, value in given.items() if name in KNOWN}
    custom = {
        name.removeprefix(CUSTOM): value
        for name, value in given.items()
        if is_custom(name)
    }
    return particulars, custom
