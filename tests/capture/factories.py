"""The smallest valid rows of `leads.capture`; a test names only what it asserts on."""

from datetime import timedelta

import factory
from django.urls import reverse
from django.utils import timezone

from leads.capture import limits
from leads.capture.hosted import stamps
from leads.capture.models import FormField, HostedForm
from leads.choices import ActivityKind
from tests.leads.factories import NOON

SITE = "https://www.acme.example"


class HostedFormFactory(factory.django.DjangoModelFactory):
    """An open form that asks for the usual four: `HostedFormFactory(fields=["phone"])`.

    `fields` are asked for beside the e-mail address, which comes first.
    """

    class Meta:
        model = HostedForm
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Book a demo {n}")
    slug = factory.Sequence(lambda n: f"demo-{n}")
    key = factory.Sequence(lambda n: f"{n:032}")
    heading = "Book a demo"
    button = "Send"
    thanks = "Thank you."
    kind = ActivityKind.FORM_SUBMITTED
    source = "website"
    is_consent_required = False
    is_double_opt_in = False
    created_at = NOON
    published_at = NOON

    @factory.post_generation
    def fields(self, create, names):
        names = ["first_name", "company"] if names is None else names
        for place, name in enumerate(["email", *names], start=1):
            FormField.objects.create(
                form=self,
                name=name,
                label=name,
                position=place,
                is_required=name == "email",
            )


def drain(name, limit):
    """Leave nothing in a bucket, and nothing for a minute to come."""
    now = timezone.now() + timedelta(minutes=1)
    limits.take(name=name, limit=limit, now=now, cost=limit.burst)


def filled(form, *, shown_ago=timedelta(seconds=30), now, **answers):
    """What a browser posts that was shown the form so long ago."""
    stamp = stamps.issue(form_id=form.pk, now=now - shown_ago)
    return {"email": "maya@northwind.example", "stamp": stamp, **answers}


def send(client, form, *, headers=None, on="form", **answers):
    """Post a form as a browser does, by its page or its `embed`ded one."""
    shown_ago = answers.pop("shown_ago", timedelta(seconds=30))
    posted = filled(form, now=timezone.now(), shown_ago=shown_ago, **answers)
    posted = {name: value for name, value in posted.items() if value is not None}
    address = reverse(f"public:{on}", args=[form.slug])
    return client.post(address, posted, headers=headers)
