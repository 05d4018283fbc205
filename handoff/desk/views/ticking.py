"""The rows that were ticked on a page of the desk."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from handoff.views.queue import LONGEST_ID

PERMISSION = "handoff.manage_handoffs"
MOST = 100


def ticked(request: HttpRequest, name: str) -> list[Any]:
    """The numbers of the ticked rows, as they were sent.

    Raises:
        BadRequest: one is no number, or there are more than a page shows.
    """
    asked = (request.POST or request.GET).getlist(name)
    well_formed = all(
        one.isascii() and one.isdigit() and len(one) <= LONGEST_ID for one in asked
    )
    if not well_formed or len(asked) > MOST:
        raise BadRequest("No such rows.")
    return asked
