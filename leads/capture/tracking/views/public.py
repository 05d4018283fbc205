"""Where beacons arrive, and the script that sends them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from leads.capture.addresses import browser_of, client_address
from leads.capture.limits import OverLimitError
from leads.capture.tracking import beacons
from leads.capture.tracking.beacons import BeaconError, Caller

SCRIPT = "static/js/tracker.js"
_TEXT = "text/plain; charset=utf-8"


@require_http_methods(["POST", "HEAD", "OPTIONS"])
def beacon(request: HttpRequest) -> HttpResponse:
    """Take one page view: 204, be it new, known, or a machine's.

    400 and 413 for what our script does not send, 403 for another site, 429 for too
    many; none of them writes anything.
    """
    origin = request.headers.get("Origin", "")
    if origin and origin.casefold() not in settings.TRACKED_SITES:
        return _answer(request, 403, "This site is not on the list of TRACKED_SITES.")
    if request.method != "POST":
        return _answer(request, 204)
    caller = _caller(request)
    if beacons.is_machine(caller):
        return _answer(request, 204)
    now = timezone.now()
    try:
        view = beacons.read(_body(request))
        beacons.take(view=view, caller=caller, now=now)
    except BeaconError as error:
        return _answer(request, 400, str(error))
    except OverLimitError as over:
        response = _answer(request, 429, str(over))
        response["Retry-After"] = str(over.retry_after)
        return response
    return _answer(request, 204)


@require_safe
@cache_control(public=True, max_age=3600)
def script(_request: HttpRequest) -> HttpResponse:
    """The script, without its comments and its indentation."""
    source = (settings.BASE_DIR / SCRIPT).read_text(encoding="utf-8")
    lines = (line.strip() for line in source.splitlines())
    small = "\n".join(line for line in lines if not line.startswith("//"))
    response = HttpResponse(small, content_type="text/javascript; charset=utf-8")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _body(request: HttpRequest) -> bytes:
    """The body; one that says it is long is not read."""
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > beacons.LONGEST_BODY:
        raise BeaconError("The body is too long.")
    return request.body


def _caller(request: HttpRequest) -> Caller:
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get(
        "Purpose", ""
    )
    return Caller(
        user_agent=browser_of(request),
        address=client_address(request),
        method=request.method or "",
        is_prefetch="prefetch" in purpose.casefold(),
    )


def _answer(request: HttpRequest, status: int, text: str = "") -> HttpResponse:
    response = HttpResponse(text, status=status, content_type=_TEXT)
    origin = request.headers.get("Origin", "")
    if origin and origin.casefold() in settings.TRACKED_SITES:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Methods"] = "POST"
    patch_vary_headers(response, ["Origin"])
    return response
