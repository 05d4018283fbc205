"""Telling that somebody else holds what a request wants to write.

A database that waits too long for a lock, or must choose who of two goes on, raises
what it also raises while it is away. Nothing was changed then, and the same request a
moment later may do; who asks is told so rather than that something is broken.
"""

from collections.abc import Iterator

from django.http import HttpResponse
from django.template.loader import render_to_string

from config.problems import RETRY_AFTER

# What PostgreSQL says: no lock in time, deadlock, no order of two, cut off by a limit.
# Source: PostgreSQL, Appendix A. Error Codes.
SQL_STATES = {"55P03", "40P01", "40001", "57014"}
# What SQLite says: the file is busy, a table is locked. Source: sqlite.org/rescode.html
SQLITE_CODES = {5, 6}


def is_busy(error: BaseException | None) -> bool:
    """Whether the error came of somebody else who writes the same rows just now."""
    return any(map(_says_so, _causes(error)))


def response(error: BaseException | None) -> HttpResponse:
    """The page for a database that is busy or away, with when to come back.

    Rendered without the request: what stands around a page asks the database. htmx
    swaps no such answer in; `app.js` tells it as a toast.
    """
    page = render_to_string("503.html", {"is_busy": is_busy(error)})
    return HttpResponse(page, status=503, headers=RETRY_AFTER)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _says_so(error: BaseException) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    # The lowest byte is the kind; the rest says where it came up.
    is_locked = isinstance(code, int) and code & 0xFF in SQLITE_CODES
    return is_locked or getattr(error, "sqlstate", None) in SQL_STATES
