import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads.choices import Role
from scoring import defaults, lifecycle, versions
from scoring.models import Agreement, BehaviourRule, ScoringModel
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.scoring.factories import ActivityFactory, RuleFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def marketer(client):
    marketer = UserFactory(name="Mia Lund")
    client.force_login(marketer)
    return marketer


@pytest.fixture
def draft(marketer):
    defaults.ensure_model()
    active = ScoringModel.objects.get()
    return versions.copy(model=active, actor=marketer, now=NOON)


@pytest.fixture
def rule(draft):
    return draft.rules.get(name="Chat")


def cost(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def every_page(draft):
    rule, criterion = draft.rules.first(), draft.criteria.first()
    lead = LeadFactory()
    names = ["", "usage/", "preview/", "activate/", "discard/", "compare/", "gates/"]
    names += ["settings/", "trial/", "trial/?q=maya", f"trial/?lead={lead.pk}"]
    names += ["rules/new/", "criteria/new/", f"rules/{rule.pk}/"]
    names += [f"criteria/{criterion.pk}/", f"rules/{rule.pk}/remove/"]
    return ["/scoring/"] + [f"/scoring/{draft.version}/{name}" for name in names]


def test_every_page_answers_the_browser_and_htmx(client, draft):
    for address in every_page(draft):
        page = client.get(address)
        fragment = client.get(address, headers=HTMX)

        assert (page.status_code, fragment.status_code) == (200, 200), address
        assert b"<!DOCTYPE html>" in page.content, address


def test_fragments_are_no_whole_pages(client, draft):
    for name in ["preview", "usage", "trial", "activate", "gates", "settings"]:
        address = reverse(f"scoring:{name}", args=[draft.version])

        assert b"<html" not in client.get(address, headers=HTMX).content, name


def test_a_rep_is_refused_everywhere_but_reads_the_definitions(client, draft):
    client.force_login(UserFactory(role=Role.REP))

    for address in every_page(draft):
        assert client.get(address).status_code == 403, address
    rule = draft.rules.first()
    for name in ["switch", "place", "remove"]:
        address = f"/scoring/{draft.version}/rules/{rule.pk}/{name}/"
        assert client.post(address, {"to": 1, "on": 0}).status_code == 403
    assert client.post("/scoring/new/", {"starter": "events"}).status_code == 403
    page = client.get("/definitions/")
    assert page.status_code == 200
    assert b'href="/scoring/' not in page.content


def test_a_version_or_a_rule_that_is_not_there_is_not_found(client, draft, rule):
    RuleFactory(model=ScoringModel.objects.get(version=1), position=99)
    other = BehaviourRule.objects.get(position=99)

    for address in [
        "/scoring/99/",
        "/scoring/99999999999999999999/",
        f"/scoring/{draft.version}/rules/{other.pk}/",
        f"/scoring/{draft.version}/trial/?lead=999999",
    ]:
        assert client.get(address).status_code == 404, address


def test_ten_more_rules_and_versions_cost_no_more_queries(client, draft):
    pages = [f"/scoring/{draft.version}/", "/scoring/"]
    before = [cost(client, address) for address in pages]
    last = draft.rules.last()
    for number in range(10):
        RuleFactory(model=draft, position=last.position + number + 1)
        versions.copy(model=draft, actor=None, now=NOON)

    assert [cost(client, address) for address in pages] == before


def test_a_draft_is_made_from_a_version_or_a_starter(client, draft):
    copied = client.post("/scoring/new/", {"base": 1})
    started = client.post("/scoring/new/", {"starter": "services"})

    assert (copied.url, started.url) == ("/scoring/3/", "/scoring/4/")
    assert ScoringModel.objects.get(version=4).name == "Services"


@pytest.mark.parametrize(
    "wrong", [{}, {"base": "x"}, {"starter": "../x"}, {"base": 77}]
)
def test_a_draft_of_nothing_is_not_found(client, draft, wrong):
    assert client.post("/scoring/new/", wrong).status_code == 404
    assert ScoringModel.objects.count() == 2


def test_a_draft_is_activated_with_a_note(client, draft, marketer):
    address = f"/scoring/{draft.version}/activate/"
    without = client.post(address, {"note": ""}, headers=HTMX)

    answer = client.post(address, {"note": "Chat counts less"}, headers=HTMX)

    assert without.status_code == 422
    assert answer.headers["HX-Redirect"] == "/scoring/"
    draft.refresh_from_db()
    assert (draft.status, draft.activated_by) == ("active", marketer)
    again = client.post(address, {"note": "Twice"}, headers=HTMX)
    assert again.status_code == 409
    assert b"decides already" in again.content


def test_an_incomplete_draft_says_why_instead_of_a_button(client, draft):
    draft.gates.all().delete()

    page = client.get(f"/scoring/{draft.version}/activate/").content.decode()

    assert "gates of IQL, MQL and SQL" in page
    assert ">Activate</button>" not in page


def test_a_draft_is_discarded_and_an_active_version_is_kept(client, draft):
    client.post(f"/scoring/{draft.version}/discard/")
    client.post("/scoring/1/discard/")

    assert [model.version for model in ScoringModel.objects.all()] == [1]


def test_the_list_tells_how_far_the_rescoring_is(client, draft):
    LeadFactory()

    fragment = client.get("/scoring/", headers=HTMX).content.decode()

    assert "has scored 0 of 1 leads" in fragment
    assert 'hx-trigger="every 2s"' in fragment


def test_a_comparison_chooses_the_version_beside(client, draft, rule):
    BehaviourRule.objects.filter(pk=rule.pk).update(points=3)

    page = client.get(f"/scoring/{draft.version}/compare/", {"with": 1})

    assert page.context["other"].version == 1
    assert [one.title for one in page.context["found"].rules] == ["Chat"]
    assert "<del>+10</del>" in page.content.decode()


def test_the_test_box_finds_a_lead_and_scores_it_both_ways(client, draft, rule):
    lead = ActivityFactory(kind="chat").lead
    BehaviourRule.objects.filter(pk=rule.pk).update(points=30, speed="never")
    found = client.get(f"/scoring/{draft.version}/trial/", {"q": lead.last_name})
    assert found.context["found"] == [lead]

    page = client.get(f"/scoring/{draft.version}/trial/", {"lead": lead.pk})

    trial = page.context["trial"]
    assert trial.after.engagement == 30.0
    assert trial.before.engagement < 10.0
    assert [pair.rule for pair in trial.activities] == ["Chat"]


def test_the_definitions_tell_the_gates_the_changes_and_who_agreed(client, draft, rule):
    draft.gates.filter(stage="mql").update(engagement=45)
    now = timezone.now()
    lifecycle.activate(model=draft, note="Fewer, better", actor=None, now=now)
    BehaviourRule.objects.filter(pk=rule.pk).update(points=3)

    page = client.get("/definitions/").content.decode()

    assert "engagement of 45 or more and grade C or better" in page
    assert "sinks under 25" in page
    assert "Demo requested" in page
    assert "Student or trainee" in page
    assert "“Fewer, better”" in page
    assert "Chat" in page
    assert "Sign for marketing" in page
    assert "Sign for sales" not in page


def test_each_side_signs_the_version_it_has_read(client, draft):
    version = {"version": 1}
    client.post("/definitions/sign/", version | {"side": "marketing"})
    client.post("/definitions/sign/", version | {"side": "sales"})
    client.force_login(UserFactory(role=Role.REP, name="Ana Silva"))
    client.post("/definitions/sign/", version | {"side": "sales"})
    client.post("/definitions/sign/", {"version": 2, "side": "sales"})

    signed = {row.side: row.person.name for row in Agreement.objects.all()}
    assert signed == {"marketing": "Mia Lund", "sales": "Ana Silva"}
    assert client.post("/definitions/sign/", {"side": "moon"}).status_code == 400


def test_without_a_model_the_pages_say_so(client, marketer):
    assert b"Nothing is agreed yet" in client.get("/definitions/").content
    assert b"No version is active" in client.get("/scoring/").content
