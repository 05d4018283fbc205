import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse

from leads.choices import Role, Stage
from leads.models import Account, Standing, User
from tests.leads.factories import AccountFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, workspace):
    user = User.objects.create_superuser("ada@baton.example", "a-passphrase")
    client.force_login(user)
    return user


def test_every_table_can_be_looked_at(client, administrator):
    LeadFactory(stage=Stage.MQL)

    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        assert client.get(reverse(name)).status_code == 200, name


def test_an_administrator_makes_a_person(client, administrator):
    typed = {
        "email": "ana@baton.example",
        "name": "Ana",
        "usable_password": "true",
        "password1": "a-long-passphrase",
        "password2": "a-long-passphrase",
    }

    client.post(reverse("admin:leads_user_add"), typed)

    assert User.objects.get(email="ana@baton.example").check_password(
        "a-long-passphrase"
    )


def test_a_standing_is_not_edited_in_the_administration(client, administrator):
    lead = LeadFactory()

    address = reverse("admin:leads_standing_change", args=[lead.pk])
    response = client.post(address, {"stage": "customer"})

    assert response.status_code == 403


def test_a_company_is_not_taken_from_its_people_in_the_administration(
    client, administrator
):
    account = LeadFactory(account=AccountFactory()).account

    address = reverse("admin:leads_account_delete", args=[account.pk])

    assert client.post(address, {"post": "yes"}).status_code == 403
    assert Account.objects.filter(pk=account.pk).exists()


def test_a_marketer_is_not_let_into_the_administration(client):
    client.force_login(UserFactory(role=Role.MARKETER))

    assert client.get(reverse("admin:index")).status_code == 302


def test_an_edited_company_owes_its_leads_a_rescore(client, administrator, settings):
    settings.BELLS = {bell: [] for bell in settings.BELLS}
    lead = LeadFactory(account=AccountFactory())
    address = reverse("admin:leads_account_change", args=[lead.account_id])

    client.post(address, {"industry": "Toys", "employees": "", "country": ""})

    assert Account.objects.get().industry == "Toys"
    assert Standing.objects.get(lead=lead).stale_seq == 2


@pytest.mark.parametrize("zone", ["Berlin", "../etc/passwd", "Europe"])
def test_a_time_zone_that_nobody_knows_is_refused(zone):
    user = User(email="ana@baton.example", time_zone=zone)

    with pytest.raises(ValidationError, match="is no time zone"):
        user.clean_fields(exclude=["password"])


def test_the_administration_signs_people_in_by_the_page_that_limits_tries(client):
    response = client.get(reverse("admin:login"))

    assert response.url.startswith(reverse("account_login"))
