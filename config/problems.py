"""Errors of the API as problem details. Source: RFC 9457."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import JsonResponse

CONTENT_TYPE = "application/problem+json"
# After so many seconds a database that was away may be back.
RETRY_AFTER = {"Retry-After": "2"}


class ProblemError(Exception):
    """The request is answered with this problem.

    errors: `{"field": …, "reason": …}` for each field at fault.
    """

    def __init__(
        self,
        code: int,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.more = more


def response_of(problem: ProblemError) -> JsonResponse:
    """The answer that tells the problem."""
    content = {
        "type": "about:blank",
        "title": title_of(problem.code),
        "status": problem.code,
        "detail": problem.detail,
        **problem.more,
    }
    if problem.errors:
        content["errors"] = problem.errors
    return JsonResponse(
        content,
        status=problem.code,
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )


def title_of(status: int) -> str:
    """The usual phrase of a status: “Not Found”."""
    return HTTPStatus(status).phrase
