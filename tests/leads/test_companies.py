import pytest

from leads.companies import Company, Directory, company_domain
from leads.models import Account
from tests.leads.factories import AccountFactory

pytestmark = pytest.mark.django_db


def found(*companies, present=None):
    """The saved accounts of companies that one batch names."""
    directory = Directory(companies, present=[present] if present else [])
    accounts = [directory.find_or_plan(each, present=present) for each in companies]
    directory.write()
    return accounts


def test_a_company_is_made_once_in_a_batch_and_found_in_the_next():
    first, second = found(Company("Acme", "acme.com"), Company("ACME Inc", "acme.com"))
    (third,) = found(Company("", "acme.com"))

    assert first is second
    assert first == third
    assert Account.objects.get().name == "Acme"


def test_without_a_domain_the_name_decides_whatever_its_case():
    first, second = found(Company("Müller GmbH"), Company("MULLER  gmbh"))

    assert first is second


def test_a_company_known_by_name_is_given_its_domain():
    account = AccountFactory(name="Acme", name_key="acme")

    assert found(Company("Acme", "acme.com")) == [account]
    assert Account.objects.get().domain == "acme.com"


def test_one_name_with_another_domain_is_another_company():
    acme = AccountFactory(name="Acme", name_key="acme", domain="acme.com")

    (other,) = found(Company("Acme", "acme.io"))

    assert other != acme


def test_without_a_domain_one_name_in_another_country_is_another_company():
    peru, chile = found(
        Company("Acme", country="Peru"), Company("ACME", country="Chile")
    )
    unsaid, again, by_domain = found(
        Company("Acme"),
        Company("Acme", country="PERÚ"),
        Company("Acme", "acme.cl", country="Chile"),
    )

    assert (peru, chile) == (again, by_domain)
    assert peru != chile
    assert unsaid == peru
    assert Account.objects.get(pk=chile.pk).domain == "acme.cl"


def test_of_two_companies_of_one_name_a_lead_stays_with_its_own():
    AccountFactory(name="Acme", name_key="acme", domain="acme.com")
    own = AccountFactory(name="Acme", name_key="acme", domain="acme.io")

    assert found(Company("Acme"), present=own) == [own]


def test_a_company_known_by_its_domain_alone_is_given_its_name():
    found(Company("", "acme.com"))

    found(Company("Acme", "acme.com"))

    account = Account.objects.get()
    assert (account.name, account.name_key) == ("Acme", "acme")


def test_industry_and_size_follow_the_file_and_a_country_stays():
    found(Company("Acme", "acme.com", "Toys", 5, "Peru"))

    found(Company("Acme", "acme.com", "Games", 6, "Chile"))

    account = Account.objects.get()
    assert (account.industry, account.employees) == ("Games", 6)
    assert account.country == "Peru"


def test_free_mail_names_no_company():
    assert company_domain("maya@gmail.com") == ""
    assert company_domain("maya@acme.com") == "acme.com"
