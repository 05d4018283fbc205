from datetime import date

from handoff.sla import public_holidays


def test_countries_have_names_in_their_order():
    names = list(public_holidays.countries().values())

    assert public_holidays.countries()["NZ"] == "New Zealand"
    assert names == sorted(names)


def test_the_parts_of_a_country_have_names_in_their_order():
    parts = public_holidays.subdivisions("DE")

    assert (parts["BY"], parts["BE"]) == ("Bayern", "Berlin")
    assert [*parts.values()] == sorted(parts.values())
    assert public_holidays.subdivisions("MC") == {}


def test_every_country_names_its_parts():
    for country in public_holidays.countries():
        assert all(public_holidays.subdivisions(country).values())


def test_a_place_is_told_by_name():
    assert public_holidays.place("DE", "BE") == "Germany, Berlin"
    assert public_holidays.place("DE", "") == "Germany"
    assert public_holidays.place("", "") == ""


def test_the_holidays_of_a_year_have_names_in_their_order():
    days = public_holidays.in_year("US", "", 2026)

    assert next(iter(days)) == date(2026, 1, 1)
    assert days[date(2026, 11, 26)] == "Thanksgiving Day"
    assert list(days) == sorted(days)


def test_no_country_has_no_holidays():
    assert public_holidays.in_year("", "", 2026) == {}
