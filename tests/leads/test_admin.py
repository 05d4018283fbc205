import pytest
from django.contrib import admin
from django.urls import reverse

from leads.choices import Role, Stage
from leads.models import User
from tests.leads.factories import LeadFactory, UserFactory

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


def test_a_marketer_is_not_let_into_the_administration(client):
    client.force_login(UserFactory(role=Role.MARKETER))

    assert client.get(reverse("admin:index")).status_code == 302
