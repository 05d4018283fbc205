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
def subdivisions(country: str) -> dict[str, str]:
    """The parts of a country that have holidays of their own: names by their codes.

    In the order of the names, which are those of the country; a part of which nobody
    knows the name goes by its code.
    """
    known = holidays.list_supported_countries(include_aliases=False)
    parts = known.get(country, ())
    if not parts:
        return {}
    codes_by_name = holidays.country_holidays(country).subdivisions_aliases
    named = {code: name for name, code in reversed(codes_by_name.items())}
    return dict(
        sorted(
            ((code, named.get(code, code)) for code in parts), key=lambda part: part[1]
        )
    )


def place(country: str, subdivision: str) -> str:
    """“Germany, Berlin”; empty without a country."""
    parts = [countries().get(country, country)]
    if subdivision:
        parts.append(subdivisions(country).get(subdivision, subdivision))
    return ", ".join(filter(None, parts))


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
