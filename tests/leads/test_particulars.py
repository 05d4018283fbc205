import pytest

from leads import particulars
from leads.choices import Cause, Stage
from leads.models import Account, Campaign, Lead, Standing
from leads.particulars import ParticularsError
from tests.leads.factories import NOON, AccountFactory, LeadFactory

pytestmark = pytest.mark.django_db
TYPED = {
    "first_name": "Zoé",
    "last_name": "Okafor",
    "email": "Zoe@Acme.com",
    "phone": "",
    "title": "CTO",
    "country": "",
    "source": "Trade  Fair",
    "campaign": None,
    "company": "Acme",
    "company_domain": "",
}


def save(lead=None, **typed):
    return particulars.save_lead(lead=lead, typed=TYPED | typed, now=NOON)


def test_a_lead_that_a_person_adds_is_new_and_can_be_found():
    lead = save()

    assert list(Lead.objects.matching("zoe ACME cto")) == [lead]
    assert (lead.source, lead.email_key) == ("trade fair", "zoe@acme.com")
    assert (lead.account.name, lead.account.domain) == ("Acme", "acme.com")
    standing = Standing.objects.get(lead=lead)
    assert (standing.stage, standing.stage_cause) == (Stage.NEW, Cause.PERSON)


def test_what_is_typed_over_a_lead_is_written_and_owes_a_rescore():
    lead = save()

    save(lead, phone="123", title="")

    lead.refresh_from_db()
    assert (lead.phone, lead.title) == ("123", "")
    assert Standing.objects.get(lead=lead).stale_seq == 2
    assert not Lead.objects.matching("cto").exists()


def test_a_saved_lead_is_shown_as_it_was_typed():
    lead = save()

    again = particulars.save_lead(lead=lead, typed=particulars.as_typed(lead), now=NOON)

    assert particulars.as_typed(again) == particulars.as_typed(lead)


def test_the_address_of_another_lead_is_refused_and_nothing_changes():
    LeadFactory(email="taken@b.example")

    with pytest.raises(ParticularsError) as refused:
        save(email="TAKEN@b.example", company="Bolt")

    assert refused.value.field == "email"
    assert not Account.objects.exists()


def test_a_domain_that_is_none_is_refused():
    with pytest.raises(ParticularsError) as refused:
        save(company_domain="not a domain")

    assert refused.value.field == "company_domain"


def test_another_company_name_without_a_domain_is_another_company():
    lead = save()

    moved = save(lead, company="Bolt")

    assert (moved.account.name, moved.account.domain) == ("Bolt", "")


def test_a_new_name_for_the_same_domain_renames_the_company_for_all_its_leads():
    acme = AccountFactory(name="Acme", name_key="acme", domain="acme.com")
    colleague = LeadFactory(account=acme)
    lead = LeadFactory(account=acme)

    save(lead, company="Apex", company_domain="acme.com")

    assert Account.objects.get().name == "Apex"
    assert set(Lead.objects.matching("apex")) == {lead, colleague}


def test_a_lead_without_a_company_has_no_account():
    assert save(company="", company_domain="").account is None


def test_a_company_whose_name_grows_when_it_is_folded_is_found_again():
    lead = save(company="…" * 200)

    again = save(lead, company="…" * 200, title="COO")

    assert again.account == Account.objects.get()
    assert again.account.name_key == "." * 200


def test_a_campaign_whose_name_grows_when_it_is_folded_is_made_once():
    made = particulars.campaigns_by_key(names=["…" * 200])
    found = particulars.campaigns_by_key(names=["…" * 200])

    assert made == found == {"." * 200: Campaign.objects.get()}
