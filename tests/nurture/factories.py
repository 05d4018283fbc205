"""The smallest valid rows of `leads.nurture`."""

import factory

from leads.nurture.choices import SegmentKind
from leads.nurture.models import (
    Enrolment,
    Mail,
    MailTemplate,
    Programme,
    Segment,
    Step,
)
from leads.text import name_key
from tests.leads.factories import NOON, LeadFactory


class SegmentFactory(factory.django.DjangoModelFactory):
    """A segment chosen by hand, of nobody: `SegmentFactory(conditions={…})`."""

    class Meta:
        model = Segment

    name = factory.Sequence(lambda n: f"Segment {n}")
    name_key = factory.LazyAttribute(lambda segment: name_key(segment.name))
    kind = factory.LazyAttribute(
        lambda segment: (
            SegmentKind.CONDITIONS if segment.conditions else SegmentKind.LIST
        )
    )
    conditions = factory.LazyFunction(dict)
    created_at = NOON


def leaf(field, operator, value=None):
    """One condition."""
    return {"field": field, "operator": operator, "value": value}


class MailTemplateFactory(factory.django.DjangoModelFactory):
    """A short mail."""

    class Meta:
        model = MailTemplate

    name = factory.Sequence(lambda n: f"Mail {n}")
    name_key = factory.LazyAttribute(lambda template: name_key(template.name))
    subject = "For you, {{ first_name | there }}"
    body = "Hi {{ first_name | there }}"
    created_at = NOON
    changed_at = NOON


class MailFactory(factory.django.DjangoModelFactory):
    """A mail that waits since noon."""

    class Meta:
        model = Mail

    lead = factory.SubFactory(LeadFactory)
    template = factory.SubFactory(MailTemplateFactory)
    created_at = NOON
    not_before = NOON


class ProgrammeFactory(factory.django.DjangoModelFactory):
    """A programme that runs, at all hours."""

    class Meta:
        model = Programme

    name = factory.Sequence(lambda n: f"Programme {n}")
    name_key = factory.LazyAttribute(lambda programme: name_key(programme.name))
    from_hour = 0
    to_hour = 24
    on_weekdays = False
    created_at = NOON
    started_at = NOON


class StepFactory(factory.django.DjangoModelFactory):
    """A step at the end: `StepFactory(programme=…, kind="wait", days=3)`."""

    class Meta:
        model = Step

    programme = factory.SubFactory(ProgrammeFactory)
    position = factory.LazyAttribute(lambda step: step.programme.steps.count() + 1)


class EnrolmentFactory(factory.django.DjangoModelFactory):
    """A lead that entered at noon."""

    class Meta:
        model = Enrolment

    programme = factory.SubFactory(ProgrammeFactory)
    lead = factory.SubFactory(LeadFactory)
    how = "hand"
    entered_at = NOON
    next_at = NOON


def sendable(value):
    """The value as text that a browser can send: without halves of characters."""
    return str(value).encode(errors="replace").decode()
