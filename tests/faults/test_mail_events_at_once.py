"""A provider that tells of the same bounces twice at once, each time in its order."""

import pytest
from django.db import transaction

from leads.models import Activity
from leads.nurture.mail import events
from leads.nurture.models import Suppression
from tests.faults.racing import Racers
from tests.leads.factories import NOON, LeadFactory

ROUNDS = 5


@pytest.mark.django_db(transaction=True)
def test_messages_that_name_the_same_in_any_order_never_wait_for_each_other(settings):
    settings.BELLS = {bell: [] for bell in settings.BELLS}
    names = [f"p{number}@acme.example" for number in range(20)]
    for name in names:
        LeadFactory(email=name)
    names += [f"stranger{number}@acme.example" for number in range(20)]

    def tell(kind, addresses):
        given = [{"kind": kind, "email": address} for address in addresses]
        with transaction.atomic():
            return events.take(given=given, now=NOON)[0]["heeded"]

    with Racers(errors=()) as racers:
        for _round in range(ROUNDS):
            heeded = racers.run(
                lambda: tell("bounce", names), lambda: tell("complaint", names[::-1])
            )
            assert heeded == [40, 40]
            assert Suppression.objects.count() == 40
            Suppression.objects.all().delete()
            Activity.objects.all().delete()
