"""Which days are public holidays in a country or a part of it.

Source: the `holidays` library; names in English where it knows them.
"""

import re
from datetime import date
from functools import cache

import holidays
from holidays.registry import COUNTRIES


@cache
def countries() -> dict[str, str]:
    """English names by ISO 3166-1 code, in the order of the names."""
    known = holidays.list_supported_countries(include_aliases=False)
    named = {code: _spaced(name) for name, code, *_ in COUNTRIES.values()}
    return dict(
        sorted(
            ((code, named.get(code, code)) for code in known),
            key=lambda country: country[1],
        )
    )


@cache
def subdivisions(country: str) -> tuple[str, ...]:
    """The codes of the parts of a country that have holidays of their own."""
    known = holidays.list_supported_countries(include_aliases=False)
    return tuple(known.get(country, ()))


@cache
def in_year(country: str, subdivision: str, year: int) -> dict[date, str]:
    """The holidays of one year with their names, in order; none without a country."""
    if not country:
        return {}
    found = holidays.country_holidays(
        country, subdiv=subdivision or None, years=year, language="en_US"
    )
    return {day: found[day] for day in sorted(found) if day.year == year}


def _spaced(name: str) -> str:
    """Two words of "NewZealand"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
