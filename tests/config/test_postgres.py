import pytest

pytest.importorskip("psycopg")

from psycopg import DataError
from psycopg.types.datetime import TimestamptzLoader

from config.postgres.base import InstantLoader

OID = 1184


@pytest.mark.parametrize(
    "written",
    [
        b"2026-03-29 01:30:00+00",
        b"2026-03-29 01:30:00.5+00",
        b"2026-03-29 01:30:00.123456+00",
        b"0001-01-01 00:00:00+00",
        b"9999-12-31 23:59:59.999999+00",
    ],
)
def test_an_instant_is_read_as_the_driver_reads_it(written):
    read = InstantLoader(OID).load(written)

    assert read == TimestamptzLoader(OID).load(written)
    assert read.utcoffset().total_seconds() == 0


@pytest.mark.parametrize("written", [b"infinity", b"0044-03-15 00:00:00+00 BC"])
def test_an_instant_that_python_does_not_know_is_refused(written):
    with pytest.raises(DataError):
        InstantLoader(OID).load(written)
