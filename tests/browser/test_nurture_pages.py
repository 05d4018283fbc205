"""Segments, mail, programmes and campaigns hold what every page must."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from leads import campaigns, lifecycle
from leads.choices import Cause, MemberStatus, Role, Stage
from leads.lifecycle import Move
from leads.models import Lead
from leads.nurture.bulk import running
from leads.nurture.bulk.whom import Whom
from leads.nurture.choices import SuppressionWhy
from leads.nurture.mail import links, sending, suppressing
from leads.nurture.models import Mail
from leads.nurture.programmes import entering
from leads.nurture.programmes import running as programmes
from tests.browser.checks import assert_accessible, assert_pages_hold
from tests.leads.factories import LeadFactory, UserFactory
from tests.nurture.factories import (
    MailTemplateFactory,
    ProgrammeFactory,
    SegmentFactory,
    StepFactory,
    leaf,
)

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten"


@pytest.fixture
def marketer(workspace):
    return UserFactory(role=Role.MARKETER)


@pytest.fixture
def at_work(marketer):
    """A programme of every kind of step, its segment, mails and campaign."""
    now = timezone.now()
    for number in range(3):
        LeadFactory(first_name=LONG[:40], email=f"{'x' * 50}{number}@acme.example")
    segment = SegmentFactory(
        name=LONG, conditions={"all": [leaf("stage", "is", "new")] * 3}
    )
    template = MailTemplateFactory(name=LONG, subject=f"{LONG} {LONG}")
    programme = ProgrammeFactory(name=LONG, segment=segment, created_by=marketer)
    mail = StepFactory(programme=programme, kind="mail", template=template)
    branch = leaf("stage", "is", "new")
    StepFactory(programme=programme, kind="branch", conditions=branch)
    StepFactory(programme=programme, kind="tag", words=LONG[:50])
    StepFactory(programme=programme, kind="wait", days=3)
    StepFactory(programme=programme, kind="until", weekday=1, hour=9)
    StepFactory(programme=programme, kind="notify", words=LONG)
    StepFactory(programme=programme, kind="hand_over")
    entering.look(now=now)
    programmes.run_due(now=now)
    sending.send_owed(now=now)
    suppressing.suppress(
        email=f"{LONG}@acme.example".lower(),
        why=SuppressionWhy.BOUNCED,
        note=LONG,
        actor=None,
        now=now,
    )
    said = {"name": LONG, "channel": "event", "starts_on": None, "ends_on": None}
    campaign = campaigns.save(campaign=None, said=said | {"cost": 5, "currency": "EUR"})
    wish = {"campaign": campaign.pk, "status": MemberStatus.INVITED}
    whom = Whom(layout="segment", query=str(segment.pk))
    deed = running.ask(
        kind="campaign", whom=whom, wish=wish, words=LONG, actor=marketer, now=now
    )
    running.do_now(deed=deed, now=now)
    return segment, template, programme, mail, campaign, deed


def test_every_page_is_accessible_in_both_themes_and_fits_a_phone(
    page_of, marketer, at_work
):
    segment, template, programme, step, campaign, deed = at_work
    addresses = [
        *("/segments/", "/segments/new/", f"/segments/{segment.pk}/"),
        f"/segments/{segment.pk}/edit/",
        *("/mail/templates/", f"/mail/templates/{template.pk}/"),
        f"/mail/templates/{template.pk}/preview/?look=dark&width=phone",
        *("/mail/outbox/", f"/mail/outbox/{Mail.objects.first().pk}/"),
        *("/mail/suppressed/", "/programmes/", f"/programmes/{programme.pk}/"),
        f"/programmes/{programme.pk}/leads/",
        f"/programmes/{programme.pk}/try/?lead=x",
        *(f"/programmes/{programme.pk}/edit/", f"/programmes/steps/{step.pk}/"),
        *("/programmes/limits/", "/campaigns/", f"/campaigns/{campaign.pk}/"),
        *("/bulk/", f"/bulk/{deed.pk}/", "/feedback/"),
    ]

    assert_pages_hold(page_of(marketer), addresses)


def test_the_page_to_unsubscribe_follows_the_colours_of_its_reader(
    page_of, marketer, at_work
):
    page = page_of(marketer)
    address = links.preferences(Mail.objects.first()).partition("/m/")[2]
    page.goto(f"/m/{address}")
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert colours[0] != colours[1]
    assert_accessible(page)
    page.get_by_role("button", name="Send me no more").click()
    page.get_by_role("button", name="I want mail again").wait_for()


def test_the_count_of_a_segment_follows_what_is_chosen(page_of, marketer):
    now = timezone.now() - timedelta(days=1)
    moved = LeadFactory.create_batch(2)
    LeadFactory()
    for lead in moved:
        lifecycle.move(wanted=Move(lead.pk, Stage.MQL, Cause.PERSON, now), now=now)
    page = page_of(marketer)
    page.goto("/segments/new/")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Field").select_option("stage")
    count = page.locator("#segment-count")
    expect(count).to_contain_text(f"{Lead.objects.count() - 2} lead is in it now")

    page.get_by_label("Value").select_option("mql")

    expect(count).to_contain_text("2 leads are in it now")
