from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads import forgetting
from leads.choices import Cause, Stage
from leads.models import (
    Account,
    Campaign,
    Consent,
    Cycle,
    Lead,
    StageChange,
    Standing,
    Tag,
)
from tests.capture.shell import run
from tests.leads.factories import NOON, LeadFactory

pytestmark = pytest.mark.django_db
EVERYTHING = (
    "id,email,first_name,last_name,phone,title,company,company_domain,industry,"
    "employees,country,source,campaign,stage,stage_at,created_at,tags,custom.seats\n"
    "1,Maya@Acme.com,Maya,Okafor,+49 30 1,CTO,Acme,www.acme.com,Software,250,Germany,"
    "Organic Search,Spring,mql,2026-01-10,2026-01-05,vip;fair,12\n"
)


@pytest.fixture
def import_leads(tmp_path):
    def import_content(content, *options):
        return run("import_leads", tmp_path, content, *options)

    return import_content


def every_row():
    """All rows of all tables that an import writes, in full."""
    models = [Lead, Account, Campaign, Tag, Lead.tags.through, StageChange, Standing]
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_every_field_of_a_lead_is_taken(import_leads):
    import_leads(EVERYTHING, "--map=id=external_id", "--set=source_system=crm")

    lead = Lead.objects.get()
    account = lead.account
    assert (lead.source_system, lead.external_id, lead.name) == (
        "crm",
        "1",
        "Maya Okafor",
    )
    assert (lead.email, lead.email_key) == ("Maya@Acme.com", "maya@acme.com")
    assert (lead.phone, lead.title, lead.country) == ("+49 30 1", "CTO", "Germany")
    assert (lead.source, lead.campaign.name) == ("organic search", "Spring")
    assert lead.custom == {"seats": 12}
    assert lead.created_at == datetime(2026, 1, 5, tzinfo=UTC)
    assert {tag.name for tag in lead.tags.all()} == {"vip", "fair"}
    assert (account.name, account.domain) == ("Acme", "acme.com")
    assert (account.industry, account.employees) == ("Software", 250)
    assert list(Lead.objects.matching("okafor acme CTO")) == [lead]


def test_a_stage_is_entered_at_its_own_date_with_those_below_inferred(import_leads):
    import_leads("email,stage,stage_at\na@b.example,mql,2026-01-10\n")

    changes = StageChange.objects.values_list("to_stage", "is_inferred")
    assert list(changes) == [("new", True), ("iql", True), ("mql", False)]
    at = datetime(2026, 1, 10, tzinfo=UTC)
    assert not StageChange.objects.exclude(at=at, is_imported=True).exists()
    assert Lead.objects.get().created_at == at


def test_a_lead_without_a_stage_begins_as_new_when_it_was_created(import_leads):
    import_leads("email,created_at\na@b.example,2026-01-10\n")

    standing = Standing.objects.get()
    assert (standing.stage, standing.stage_cause) == (Stage.NEW, Cause.IMPORT)
    assert standing.stage_since == datetime(2026, 1, 10, tzinfo=UTC)


def test_the_same_file_again_changes_no_row_of_any_table(import_leads):
    content = EVERYTHING + "2,b@gmail.com,,,,,Bolt,,,,,,,sql,2026-02-01,,,\n"
    options = ("--map=id=external_id", "--set=source_system=crm")
    first = import_leads(content, *options)
    before = every_row()

    second = import_leads(content, *options)

    assert first.startswith("created 2, updated 0, unchanged 0, refused 0\n")
    assert second == "created 0, updated 0, unchanged 2, refused 0\n"
    assert every_row() == before


def test_the_same_file_again_is_quiet_about_leads_that_went_on_since(import_leads):
    content = "id,stage,stage_at\n1,mql,2026-01-10\n"
    import_leads(content, "--map=id=external_id")
    import_leads("id,stage\n1,customer\n", "--map=id=external_id")

    printed = import_leads(content, "--map=id=external_id")

    assert printed == "created 0, updated 0, unchanged 1, refused 0\n"


def test_an_empty_cell_takes_nothing_away(import_leads):
    lead = LeadFactory(
        email="a@b.example", phone="123", custom={"seats": 5, "plan": "x"}
    )

    import_leads("email,phone,custom.seats,custom.plan\na@b.example,,6,\n")

    lead.refresh_from_db()
    assert (lead.phone, lead.custom) == ("123", {"seats": 6, "plan": "x"})


def test_a_lead_that_changes_is_owed_a_rescore_and_the_others_are_not(import_leads):
    LeadFactory(email="a@b.example", title="CTO")
    LeadFactory(email="c@d.example", title="CTO")
    Standing.objects.update(scored_seq=1)

    printed = import_leads("email,title\na@b.example,CEO\nc@d.example,CTO\n")

    assert printed == "created 0, updated 1, unchanged 1, refused 0\n"
    stale = Standing.objects.filter(stale_seq=2)
    assert [standing.lead.email for standing in stale] == ["a@b.example"]


def test_a_lead_that_is_said_to_come_from_elsewhere_is_counted_there(import_leads):
    import_leads("email,source,stage\nmaya@acme.example,web,mql\n")

    import_leads("email,source,campaign\nmaya@acme.example,Partner,Summer\n")
    import_leads("email,country,company\nmaya@acme.example,Peru,Acme\n")
    import_leads("email,company,industry\nben@acme.example,Acme,Mining\n")

    told = Cycle.objects.filter(lead__email="maya@acme.example").values_list(
        "source", "campaign__name", "country", "industry"
    )
    assert [*told] == [("partner", "Summer", "Peru", "Mining")]


def test_one_person_in_two_rows_is_one_lead_and_the_later_row_is_right(import_leads):
    content = "email,title,stage\nDup@b.example,CTO,iql\ndup@B.example,CEO,mql\n"
    first = import_leads(content)
    second = import_leads(content)

    lead = Lead.objects.get()
    assert (lead.title, lead.standing.stage) == ("CEO", Stage.MQL)
    assert first == "created 1, updated 1, unchanged 0, refused 0\n"
    assert second == "created 0, updated 0, unchanged 2, refused 0\n"


def test_a_lead_goes_up_the_path_and_never_down(import_leads):
    up = LeadFactory(email="up@b.example", stage=Stage.IQL)
    down = LeadFactory(email="down@b.example", stage=Stage.ACCEPTED, stage_at=NOON)

    printed = import_leads(
        "email,stage,stage_at\nup@b.example,sql,2026-03-02\ndown@b.example,mql,2026-01-01\n"
    )

    assert Standing.objects.get(lead=up).stage == Stage.SQL
    assert Standing.objects.get(lead=down).stage == Stage.ACCEPTED
    assert "created 0, updated 1, unchanged 1, refused 0\n" in printed
    assert "warning: line 3: the lead is in “Accepted”; “MQL” was left out" in printed


def test_an_id_is_given_to_the_lead_of_the_address(import_leads):
    lead = LeadFactory(email="a@b.example")

    import_leads("id,email\n7,A@b.example\n", "--map=id=external_id")

    lead.refresh_from_db()
    assert lead.external_id == "7"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",", "line 2, column id: neither an external id nor an e-mail address"),
        ("1,other@b.example", "line 2, column email: is the address of another lead"),
        ("9,a@b.example", "line 2, column email: is the address of the lead “1”"),
    ],
)
def test_a_row_that_names_no_lead_or_two_is_refused(import_leads, row, reason):
    LeadFactory(email="a@b.example", external_id="1")
    LeadFactory(email="other@b.example", external_id="2")

    printed = import_leads(f"id,email,phone\n{row},5\n", "--map=id=external_id")

    assert reason in printed
    assert "created 0, updated 0, unchanged 0, refused 1" in printed
    assert not Lead.objects.exclude(phone="").exists()


def test_two_leads_may_exchange_their_addresses(import_leads):
    LeadFactory(email="a@b.example", external_id="1")
    LeadFactory(email="c@d.example", external_id="2")

    import_leads(
        "id,email\n1,free@b.example\n2,a@b.example\n1,c@d.example\n",
        "--map=id=external_id",
    )

    addresses = dict(Lead.objects.values_list("external_id", "email_key"))
    assert addresses == {"1": "c@d.example", "2": "a@b.example"}


def test_an_id_of_another_system_becomes_a_further_id(import_leads):
    lead = LeadFactory(email="a@b.example", external_id="1", source_system="crm")
    by_id = ("--map=id=external_id", "--set=source_system=shop")

    import_leads("id,email\n9,a@b.example\n", *by_id)
    import_leads("id,title\n9,CTO\n", *by_id)

    lead.refresh_from_db()
    assert (lead.external_id, lead.source_system, lead.title) == ("1", "crm", "CTO")
    assert lead.further_ids.get().source_system == "shop"


def test_a_person_who_was_erased_is_not_brought_back(import_leads):
    known = [forgetting.by_email("gone@b.example"), forgetting.by_id("", "9")]
    forgetting.remember(particulars=known, now=NOON)

    printed = import_leads(
        "id,email\n,GONE@b.example\n9,\n2,other@b.example\n", "--map=id=external_id"
    )

    assert "line 2, column email: belongs to a person who was erased" in printed
    assert "line 3" in printed
    assert Lead.objects.get().email == "other@b.example"


def test_known_tags_and_campaigns_are_found_without_regard_to_case(import_leads):
    import_leads("email,tags,campaign\na@b.example,VIP,Spring Fair\n")

    import_leads("email,tags,campaign\na@b.example,vip;new,SPRING fair\n")

    assert Campaign.objects.get().name == "Spring Fair"
    assert [tag.name for tag in Tag.objects.all()] == ["VIP", "new"]


def test_ten_rows_cost_as_many_queries_as_one(import_leads):
    def rows(count):
        lines = [f"{n}@b{n}.example,Firm {n},mql,t{n}" for n in range(count)]
        return "\n".join(["email,company,stage,tags", *lines])

    import_leads("email\nwarm@b.example\n")
    with CaptureQueriesContext(connection) as for_one:
        import_leads(rows(1))
    Lead.objects.all().delete()
    Tag.objects.all().delete()
    Account.objects.all().delete()
    with CaptureQueriesContext(connection) as for_ten:
        import_leads(rows(10))

    assert len(for_ten) == len(for_one)


def test_a_no_is_heard_by_any_import_and_a_yes_takes_none_away(import_leads):
    content = (
        "email,Email Opt Out,do not call,opt in\n"
        "ada@acme.example,yes,,\nbob@acme.example,no,x,\n"
        "cyd@acme.example,,,no\ndan@acme.example,,,ja\neve@acme.example,maybe,,\n"
    )
    import_leads(content)
    import_leads("email,unsubscribed,opt in\nada@acme.example,no,yes\n")

    leads = {lead.email[:3]: lead for lead in Lead.objects.all()}
    assert [name for name in sorted(leads) if leads[name].do_not_mail] == ["ada", "cyd"]
    assert [name for name in sorted(leads) if leads[name].do_not_call] == ["bob"]
    given = Consent.objects.filter(is_given=True).order_by("lead__email")
    assert [consent.lead.email[:3] for consent in given] == ["ada", "dan"]


def test_a_no_counts_as_a_change_once(import_leads):
    import_leads("email\nada@acme.example\n")
    content = "email,do not mail\nada@acme.example,yes\n"

    assert "updated 1" in import_leads(content)
    assert "unchanged 1" in import_leads(content)
