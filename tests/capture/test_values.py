from datetime import UTC, datetime
from decimal import Decimal

import pytest

from leads.capture import values
from leads.capture.values import ValueRefusedError
from leads.choices import ActivityKind, Stage


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (values.plain, "  Ada\r\nLovelace ", "Ada Lovelace"),
        (values.plain, "Zoe\u0301", "Zoé"),
        (values.plain, "\u00a0\u2003\u200b", ""),
        (values.email, "MiXeD@Example.TEST", "MiXeD@Example.TEST"),
        (values.email, "a@xn--fsqu00a.xn--0zwm56d", "a@xn--fsqu00a.xn--0zwm56d"),
        (values.domain, "https://www.Acme.com/about", "acme.com"),
        (values.source_up_to(20), "Organic  Search", "organic search"),
        (values.moment, "2018-02-01", datetime(2018, 2, 1, tzinfo=UTC)),
        (
            values.moment,
            "2018-02-01 19:58:54",
            datetime(2018, 2, 1, 19, 58, 54, tzinfo=UTC),
        ),
        (
            values.moment,
            "2018-02-01T10:00:00+14:00",
            datetime(2018, 1, 31, 20, tzinfo=UTC),
        ),
        (values.count, "00250", 250),
        (values.amount, "0.0", Decimal("0.00")),
        (values.amount, "19.995", Decimal("20.00")),
        (values.currency, "brl", "BRL"),
        (values.one_of(Stage), "MQL", Stage.MQL),
        (values.one_of(ActivityKind), "E-mail  Opened", ActivityKind.EMAIL_OPENED),
        (values.words(10), "vip; fair 2026 | ,x", ["vip", "fair 2026", "x"]),
        (values.anything, "12", 12),
        (values.anything, "-1.5", -1.5),
        (values.anything, "007", "007"),
        (values.anything, "1e5", "1e5"),
        (values.anything, "1.50", "1.50"),
    ],
)
def test_a_cell_becomes_its_value(parse, text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text", "reason"),
    [
        (values.plain, "a\x07\x1b[31mred", "holds a control character"),
        (values.text_up_to(3), "abcd", "is longer than 3 characters"),
        (values.text_up_to(3), "ﬃﬃ", "is longer than 3 characters"),
        (values.email, "a@b", "“a@b” is no e-mail address"),
        (values.email, "a@b.example,c@d.example", "is no e-mail address"),
        (values.email, "x@" + "a." * 500_000, "is longer than 254 characters"),
        (values.email, "\u212aim@example.test", "look-alike letters"),
        (values.domain, "not a domain", "is no web domain"),
        (values.moment, "31/02/2026", "is no date such as"),
        (values.moment, "45000", "is no date such as"),
        (values.moment, "2026-02-30", "is no date or time that there is"),
        (values.moment, "0001-01-01T00:00:00+14:00", "is no date or time"),
        (values.moment, "1969-12-31", "lies before 1970"),
        (values.count, "-5", "is no whole number"),
        (values.count, "9999999999", "is no whole number"),
        (values.count, "9" * 300_000, "is no whole number"),
        (values.amount, "1,50", "is no amount"),
        (values.amount, "-1", "is no amount"),
        (values.amount, "1e999", "is no amount"),
        (values.currency, "Euro", "is no currency"),
        (values.one_of(Stage), "cold", "is none of new, iql, mql"),
        (values.words(3), "a,long", "is longer than 3 characters"),
    ],
)
def test_a_cell_that_cannot_be_taken_says_why(parse, text, reason):
    with pytest.raises(ValueRefusedError, match=reason):
        parse(text)


def test_a_time_without_an_offset_is_in_the_zone_of_the_workspace(settings):
    settings.TIME_ZONE = "America/Sao_Paulo"

    assert values.moment("2018-02-01") == datetime(2018, 2, 1, 2, tzinfo=UTC)
