"""What strangers and machines type never breaks feedback, campaigns and proposals."""

import json
from urllib.parse import quote, urlencode

import pytest
from django.urls import reverse

from leads.choices import Role
from leads.models import Campaign, CampaignMember
from leads.nurture.mail import events
from leads.nurture.models import Suppression
from tests import bad_inputs
from tests.handoff.feedback.test_feedback import rejected
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.nurture.factories import sendable

pytestmark = pytest.mark.django_db
CAMPAIGN = {"channel": "event", "currency": "EUR", "cost": "1"}
# Whatever an address may say on these pages.
NAMES = (
    *("days", "rep", "reason", "source", "campaign", "rule", "state", "after"),
    *("q", "channel", "status", "fate", "name", "conditions"),
)


@pytest.fixture
def pages(client, workspace):
    """Feedback, a rejection, campaigns, a campaign; the client is a marketer."""
    client.force_login(UserFactory(role=Role.MARKETER))
    campaign = Campaign.objects.create(name="Fair", name_key="fair")
    handoff = rejected(at=NOON)
    return {
        "feedback": reverse("handoff:feedback"),
        "one": reverse("handoff:feedback_one", args=[handoff.pk]),
        "campaigns": reverse("leads:campaigns"),
        "campaign": campaign.get_absolute_url(),
        "outbox": reverse("mail:outbox"),
        "suppressed": reverse("mail:suppressed"),
        "proposal": reverse("segments:new"),
    }


def test_query_params(client, pages):
    addresses = list(pages.values())
    for turn, (case, _expect) in enumerate(bad_inputs.listed("query_params")):
        query = bad_inputs.query_of(case)
        value = query.partition("=")[2][:8_000]
        ours = "&".join(f"{name}={value}" for name in NAMES)
        for asked in (query, ours):
            address = f"{addresses[turn % len(addresses)]}?{asked}"
            assert client.get(address).status_code in (200, 400, 414), case["id"]


def test_text(client, pages):
    put = reverse("leads:campaigns_put", args=[Campaign.objects.get().pk])
    say = f"{pages['one']}say/"
    for turn, (case, _expect) in enumerate(bad_inputs.listed("text")):
        value = sendable(bad_inputs.value_of(case))
        posts = [
            (say, {"kind": "answer", "text": value}),
            (reverse("leads:campaigns_new"), CAMPAIGN | {"name": value}),
            (reverse("mail:suppressed"), {"email": value, "note": value}),
            (put, {"addresses": value, "status": "invited"}),
            (put, {"lead": value, "segment": value, "status": value}),
        ]
        for address, told in (posts[turn % 5], posts[(turn + 1) % 5]):
            assert client.post(address, told).status_code < 500, case["id"]
        _counts, refused = events.take(
            given=[value, {"kind": "bounce", "email": value, "reason": value}],
            now=NOON,
        )
        assert refused, case["id"]
    for page in pages.values():
        answer = client.get(page)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
    assert not Suppression.objects.filter(email_key__contains="<").exists()


def test_rules_and_settings(client, pages):
    names = ("cost", "currency", "starts_on", "channel")
    for turn, (case, _expect) in enumerate(bad_inputs.listed("rules_and_settings")):
        config = case["config"]
        tree = {"all": [config]} if isinstance(config, dict) else config
        for proposed in (tree, {"field": "stage", "value": config}):
            query = urlencode({"conditions": json.dumps(proposed)})
            page = client.get(f"{pages['proposal']}?{query}")
            assert page.status_code == 200, case["id"]
            assert not page.context["builder"].rows, case["id"]
        value = next(iter(config.values())) if isinstance(config, dict) else config
        told = CAMPAIGN | {"name": case["id"], names[turn % 4]: sendable(value)}
        answer = client.post(reverse("leads:campaigns_new"), told)
        assert answer.status_code in (302, 422), case["id"]


def test_tokens(client, pages):
    lead = LeadFactory()
    put = reverse("leads:campaigns_put", args=[Campaign.objects.get().pk])
    for case, _expect in bad_inputs.listed("tokens"):
        told = case["case"]
        token = str(told.get("token") or "a" * told.get("token_repeat", 0))
        address = f"{pages['feedback']}?after={quote(token[:8_000])}"
        assert client.get(address).status_code == 200, case["id"]
        answer = client.post(put, {"lead": [token, lead.pk], "status": token})
        assert answer.status_code == 422, case["id"]
    assert not CampaignMember.objects.exists()
