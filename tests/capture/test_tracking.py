import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from leads.capture.hosted import spam
from leads.capture.models import Submission, Visit, Visitor
from leads.capture.tracking import beacons, visitors
from leads.choices import MachineReason, Role
from leads.models import Activity, Lead
from scoring import rescoring
from scoring.engagement import engagement_of
from tests import bad_inputs
from tests.capture.factories import SITE, HostedFormFactory, drain, filled
from tests.leads.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
BEACON = "/t/"
BROWSER = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(autouse=True)
def _our_site(settings):
    settings.TRACKED_SITES = [SITE]


def view(number=1, *, path="/pricing", **changes):
    told = {
        "v": BROWSER,
        "i": f"view-{number:012}",
        "u": f"{SITE}{path}",
        "t": "Pricing",
        "r": "",
    }
    return told | changes


def send(client, told, *, origin=SITE, **headers):
    headers = {"Origin": origin, "User-Agent": "Firefox", **headers}
    body = told if isinstance(told, bytes) else json.dumps(told)
    return client.post(BEACON, body, content_type="text/plain", headers=headers)


def identify(client, form=None, *, visitor=BROWSER, **answers):
    form = form or HostedFormFactory()
    posted = filled(form, now=timezone.now(), visitor=visitor, **answers)
    client.post(reverse("public:form", args=[form.slug]), posted)


def nothing_is_kept():
    return not Visitor.objects.exists() and not Activity.objects.exists()


def test_a_page_view_of_somebody_unknown_is_kept_with_the_visitor(client):
    answer = send(client, view(path="/pricing?utm_source=ad&email=maya@b.example#x"))

    assert (answer.status_code, answer.content) == (204, b"")
    assert not answer.cookies
    assert answer["Access-Control-Allow-Origin"] == SITE
    visit = Visit.objects.get()
    assert visit.url == f"{SITE}/pricing"
    assert visit.properties == {"utm_source": "ad", "user_agent": "Firefox"}
    assert not Activity.objects.exists()


def test_the_same_view_sent_twice_counts_once(client):
    for _time in range(2):
        send(client, view())
    assert Visit.objects.count() == 1
    identify(client)

    for _time in range(2):
        send(client, view(2))
    send(client, view())

    assert Lead.objects.get().activities.filter(kind="page_view").count() == 2


def test_earlier_visits_join_the_lead_at_their_own_times(client):
    send(client, view())
    earlier = timezone.now() - timedelta(days=3)
    Visit.objects.update(occurred_at=earlier)

    identify(client)

    activity = Lead.objects.get().activities.get(kind="page_view")
    assert activity.occurred_at == earlier
    assert (activity.url, activity.subject) == (f"{SITE}/pricing", "Pricing")
    assert not Visit.objects.exists()


def test_spam_joins_nothing_until_a_person_takes_it_out(client):
    send(client, view())
    identify(client, fax_number="1")
    assert not Activity.objects.exists()
    client.force_login(UserFactory(role=Role.MARKETER))

    client.post(reverse("forms:not_spam", args=[Submission.objects.get().pk]))

    assert Lead.objects.get().activities.filter(kind="page_view").exists()


def test_a_browser_that_two_people_use_tells_of_the_latter_from_then_on(client):
    send(client, view(1))
    identify(client, email="first@b.example")
    send(client, view(2))

    identify(client, email="second@b.example")
    send(client, view(3))

    views = Activity.objects.filter(kind="page_view").order_by("pk")
    emails = views.values_list("lead__email", flat=True)
    assert [*emails] == ["first@b.example", "first@b.example", "second@b.example"]


def test_the_pricing_page_and_the_careers_page_are_scored(client, workspace):
    identify(client)
    scores = [scored()]
    for number, path in enumerate(["/pricing/teams", "/careers/berlin"]):
        send(client, view(number, path=path))
        scores.append(scored())

    for_pricing, for_careers = scores[1] - scores[0], scores[2] - scores[1]
    assert (round(for_pricing), round(for_careers)) == (8, -5)


def scored():
    """The engagement of the one lead, after the worker has scored it."""
    now = timezone.now() + timedelta(seconds=1)
    rescoring.rescore_stale(now=now)
    standing = Lead.objects.get().standing
    return engagement_of(standing, model=None, now=now)


def test_without_an_origin_the_address_of_the_page_still_decides(client):
    assert send(client, view(), origin="").status_code == 204
    assert (
        send(client, view(2, u="https://evil.example/"), origin="").status_code == 400
    )
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_site_is_refused_and_not_let_in(client, origin):
    answer = send(client, view(), origin=origin)

    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer
    assert nothing_is_kept()


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"x"',
        b"{",
        b"[" * 4_000,
        b"x" * 9_000,
        view(v=""),
        view(v="<script>alert(1)</script>"),
        view(i="short"),
        view(v=1),
        view(u="javascript:alert(1)"),
        view(u="https://www.acme.example@evil.example/"),
        view(u=f"{SITE}/" + "a" * 2_001),
        view(u=f"{SITE}/a\x00b"),
        view(u=["x"]),
    ],
)
def test_what_our_script_does_not_send_is_refused(client, told):
    assert send(client, told).status_code == 400
    assert nothing_is_kept()


@pytest.mark.parametrize(("case", "expect"), bad_inputs.cases("text"))
def test_bad_text_in_a_title_is_kept_as_text_or_left_out(client, case, expect):
    LeadFactory()
    answer = send(client, view(t=bad_inputs.value_of(case), r="https://x.example/"))

    assert answer.status_code in (204, 400)
    assert Visit.objects.count() == int(answer.status_code == 204)


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Googlebot/2.1"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
    ],
)
def test_what_nobody_looked_at_is_not_kept(client, headers):
    assert send(client, view(), **headers).status_code == 204
    assert nothing_is_kept()


def test_head_and_options_change_nothing(client):
    assert client.head(BEACON).status_code == 204
    assert client.options(BEACON, headers={"Origin": SITE}).status_code == 204
    assert client.get(BEACON).status_code == 405
    assert nothing_is_kept()


def test_our_own_people_score_nothing(client, settings):
    settings.OWN_NETWORKS = ["127.0.0.0/8"]
    identify(client)

    send(client, view())

    activity = Activity.objects.get(kind="page_view")
    assert activity.machine_reason == MachineReason.OURS


def test_an_address_of_somebody_else_is_not_kept(client):
    send(client, view())

    assert "ip" not in Visit.objects.get().properties


def test_too_many_views_of_one_browser_are_told_to_wait(client):
    drain(f"beacon:visitor:{BROWSER}", beacons.BY_VISITOR)

    answer = send(client, view())

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert nothing_is_kept()


def test_behind_a_proxy_each_visitor_has_a_limit_of_their_own(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    drain("beacon:address:9.9.9.9", beacons.BY_ADDRESS)

    again = send(client, view(), **{"X-Forwarded-For": "8.8.8.8, 9.9.9.9"})
    other = send(client, view(), **{"X-Forwarded-For": "9.9.9.9, 8.8.8.8"})

    assert (again.status_code, other.status_code) == (429, 204)


def test_who_did_not_come_back_is_forgotten_and_who_is_known_is_not(client):
    now = timezone.now()
    identify(client)
    send(client, view(v="unknown-browser-1"))
    send(client, view(v="unknown-browser-2"))
    old = now - visitors.KEPT - timedelta(days=1)
    Visitor.objects.exclude(key="unknown-browser-2").update(last_seen_at=old)

    assert [visitors.forget(now=now) for _time in range(2)] == [1, 0]

    assert Visitor.objects.count() == 2
    assert Visit.objects.count() == 1


def test_old_spam_is_forgotten(client):
    identify(client, fax_number="1")
    identify(client, fax_number="1", email="new@b.example")
    old = timezone.now() - spam.KEPT - timedelta(days=1)
    Submission.objects.filter(values__email="maya@northwind.example").update(
        received_at=old
    )

    assert spam.forget(now=timezone.now()) == 1
    assert Submission.objects.count() == 1


def test_the_script_is_under_2_kb_and_sets_no_cookie(client):
    answer = client.get("/t/baton.js")

    assert len(answer.content) < 2_000
    assert b"cookie" not in answer.content
    assert answer["Content-Type"].startswith("text/javascript")


def test_the_settings_page_shows_the_tag_and_who_was_seen(client):
    send(client, view())
    client.force_login(UserFactory(role=Role.MARKETER))

    html = client.get("/settings/tracking/").content.decode()

    assert "/t/baton.js" in html
    assert SITE in html
    assert "Unknown, 11111111" in html


def test_reps_do_not_set_up_tracking(client):
    client.force_login(UserFactory(role=Role.REP))

    assert client.get("/settings/tracking/").status_code == 403
