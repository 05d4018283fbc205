"""What strangers may ask without a token, and what odd requests get."""

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from leads.capture.models import Visitor
from leads.models import Lead
from tests import bad_inputs
from tests.capture.factories import HostedFormFactory

# Their guard is another one: a stamp, a key, a signature, the list of our sites.
WITHOUT_TOKEN = ("f/", "t/", "api/", "hooks/", "m/")


def addresses(resolver, prefix=""):
    """Yield each address with its view."""
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, path)
        elif isinstance(entry, URLPattern):
            yield path, entry.callback


def test_no_page_of_ours_goes_without_a_csrf_token():
    exempt = [
        path
        for path, view in addresses(get_resolver())
        if getattr(view, "csrf_exempt", False)
    ]

    assert "f/<slug:slug>/" in exempt
    assert not [path for path in exempt if not path.startswith(WITHOUT_TOKEN)]


def given_headers(case):
    repeat = case.get("header_repeat")
    if repeat:
        return {repeat["name"]: repeat["prefix"] + repeat["text"] * repeat["times"]}
    return {
        name: value.replace("{host}", "testserver").replace(
            "{session_cookie}", settings.SESSION_COOKIE_NAME
        )
        for name, value in case.get("headers", [])
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("case", "expect"), bad_inputs.cases("http"))
def test_odd_requests_get_an_answer_and_make_no_lead(client, case, expect):
    form = HostedFormFactory()
    headers = given_headers(case)
    headers.pop("Content-Length", None)  # the server in front reads that one
    content_type = headers.pop("Content-Type", "application/x-www-form-urlencoded")
    body = bad_inputs.body_of(case) or b""
    for path in (reverse("public:form", args=[form.slug]), "/t/"):
        answer = client.generic(
            case.get("method", "POST"), path, body, content_type, headers=headers
        )
        assert answer.status_code < 500

    assert not Lead.objects.exists()
    assert not Visitor.objects.exists()
