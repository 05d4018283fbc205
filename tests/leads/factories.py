"""The smallest valid rows of `leads`; a test names only what it asserts on."""

from datetime import UTC, datetime

import factory
from django.contrib.auth.models import Group

from leads import lifecycle, roles, webhooks
from leads.choices import Cause, Role, Stage
from leads.models import (
    Account,
    Lead,
    Notification,
    NotificationDelivery,
    Rep,
    Team,
    User,
    WebhookDelivery,
    WebhookEndpoint,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday


class UserFactory(factory.django.DjangoModelFactory):
    """A person of one role: `UserFactory(role=Role.REP)`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@baton.example")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def role(self, create, role):
        roles.ensure_roles()
        self.groups.set([Group.objects.get(name=(role or Role.MARKETER).value)])


class TeamFactory(factory.django.DjangoModelFactory):
    """A sales team; the default one with `is_default=True`."""

    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")
    is_default = False


class RepFactory(factory.django.DjangoModelFactory):
    """A rep with a team and a person."""

    class Meta:
        model = Rep

    user = factory.SubFactory(UserFactory, role=Role.REP)
    team = factory.SubFactory(TeamFactory)


class AccountFactory(factory.django.DjangoModelFactory):
    """A company without a domain."""

    class Meta:
        model = Account

    name = factory.Sequence(lambda n: f"Company {n}")
    name_key = factory.LazyAttribute(lambda account: account.name.casefold())


class LeadFactory(factory.django.DjangoModelFactory):
    """A lead with its standing: `LeadFactory(stage=Stage.MQL, stage_at=NOON)`."""

    class Meta:
        model = Lead
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"lead{n}@example.com")
    email_key = factory.LazyAttribute(lambda lead: lead.email.casefold())
    first_name = "Maya"
    last_name = factory.Sequence(lambda n: f"Okafor {n}")
    search_text = factory.LazyAttribute(
        lambda lead: f"{lead.first_name} {lead.last_name} {lead.email}".casefold()
    )
    created_at = NOON

    @classmethod
    def _create(cls, model_class, *args, stage=Stage.NEW, stage_at=NOON, **fields):
        lead = super()._create(model_class, *args, **fields)
        entry = lifecycle.Entry(lead.pk, stage, stage_at, Cause.IMPORT)
        lifecycle.enter_many(entries=[entry])
        return lead


class NotificationFactory(factory.django.DjangoModelFactory):
    """An import has finished, at noon."""

    class Meta:
        model = Notification

    person = factory.SubFactory(UserFactory)
    kind = "import_finished"
    event = factory.Sequence(lambda n: f"import {n}")
    title = "The import of leads.csv has finished"
    lines = ["12 created, 3 updated"]
    path = "/leads/"
    made_at = NOON


class DeliveryFactory(factory.django.DjangoModelFactory):
    """A mail about it, due since noon."""

    class Meta:
        model = NotificationDelivery

    notification = factory.SubFactory(NotificationFactory)
    channel = "mail"
    not_before = NOON


class EndpointFactory(factory.django.DjangoModelFactory):
    """An address that wants every kind: `EndpointFactory(kinds=["deal.won"])`."""

    class Meta:
        model = WebhookEndpoint

    url = factory.Sequence(lambda n: f"https://hooks{n}.example/baton")
    kinds = [kind.value for kind in webhooks.KINDS]
    seed = factory.Sequence(lambda n: f"{n:064}")
    created_at = NOON


class WebhookDeliveryFactory(factory.django.DjangoModelFactory):
    """A message about a new lead, due since noon."""

    class Meta:
        model = WebhookDelivery

    endpoint = factory.SubFactory(EndpointFactory)
    kind = "lead.created"
    body = '{"type": "lead.created", "data": {}}'
    not_before = NOON
    made_at = NOON
