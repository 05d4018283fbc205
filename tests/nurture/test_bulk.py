from datetime import timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from handoff.choices import HandoffStatus
from handoff.models import Handoff, Reassignment
from leads.choices import Cause, Role, Stage
from leads.models import Lead, Notification, StageChange, Standing
from leads.nurture.bulk import running
from leads.nurture.bulk.whom import Whom
from leads.nurture.choices import SegmentDeed
from leads.nurture.models import BulkDeed, Enrolment, Segment
from leads.owed import OwedState
from reports.models import Export
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import LeadFactory, RepFactory, UserFactory
from tests.nurture.factories import (
    ProgrammeFactory,
    SegmentFactory,
    StepFactory,
    leaf,
)

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
NEW = reverse("bulk:new")


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def post(client, leads=(), headers=HTMX, **typed):
    typed = {"layout": "table", "lead": [lead.pk for lead in leads], **typed}
    return client.post(NEW, typed, headers=headers)


def owe(actor, kind, wish, layout="table", **whom):
    return running.ask(
        kind=kind,
        whom=Whom(layout=layout, **whom),
        wish=wish,
        words=kind,
        actor=actor,
        now=timezone.now(),
    )


def stages(leads):
    found = Lead.objects.filter(pk__in=[lead.pk for lead in leads]).order_by("pk")
    return list(found.values_list("standing__stage", flat=True))


def test_a_preview_says_what_will_be_refused_and_changes_nothing(client, marketer):
    leads = [LeadFactory(), LeadFactory(stage=Stage.MQL), LeadFactory(stage="customer")]

    response = post(
        client, leads, kind="move", step="preview", to="mql", reason="At the fair"
    )

    shown = response.context["preview"]
    assert (shown.total, shown.changed, shown.unchanged) == (3, 1, 1)
    assert [count for _why, count in shown.reasons] == [1]
    assert "Customer" in shown.reasons[0][0]
    assert stages(leads) == ["new", "mql", "customer"]
    assert not BulkDeed.objects.exists()


def test_ticked_leads_are_moved_at_once_with_who_and_why_and_held(client, marketer):
    leads = [LeadFactory(), LeadFactory(stage="customer")]

    response = post(client, leads, kind="move", step="do", to="mql", reason="Fair")

    deed = BulkDeed.objects.get()
    assert (deed.state, deed.changed, deed.refused) == (OwedState.DONE, 1, 1)
    assert "leads-changed" in response["HX-Trigger"]
    change = StageChange.objects.get(lead=leads[0], to_stage=Stage.MQL)
    assert (change.cause, change.actor, change.reason) == ("person", marketer, "Fair")
    assert Lead.objects.get(pk=leads[0].pk).standing.held_since is not None
    page = client.get(deed.get_absolute_url())
    assert [one.lead for one in page.context["page"].rows] == [leads[1]]
    assert client.get(reverse("bulk:list")).context["page"].rows == [deed]


def test_leads_in_the_queue_are_withdrawn_by_a_move_back(client, marketer):
    handoff = HandoffFactory()

    post(client, [handoff.lead], kind="move", step="do", to="mql", reason="Too soon")

    handoff.refresh_from_db()
    assert (handoff.status, handoff.note) == (HandoffStatus.WITHDRAWN, "Too soon")


def test_all_that_match_are_those_of_the_filter_when_it_was_asked(
    client, marketer, django_capture_on_commit_callbacks
):
    found = LeadFactory.create_batch(3, source="web")
    LeadFactory(source="fair")
    typed = {"kind": "tag", "all": "1", "query": "source=web", "tag": " Big  deal "}

    assert post(client, step="preview", **typed).context["preview"].total == 3
    deed = owe(marketer, "tag", {"tag": "Big deal"}, query="source=web")
    late = LeadFactory(source="web")
    running.continue_owed(now=timezone.now())

    tagged = Lead.objects.filter(tags__name="Big deal")
    assert set(tagged) == set(found)
    assert late not in tagged
    deed.refresh_from_db()
    assert (deed.state, deed.changed) == (OwedState.DONE, 3)
    assert Notification.objects.get(person=marketer).kind == "bulk_done"


def test_a_deed_that_is_broken_off_goes_on_where_it_stopped(marketer, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    leads = LeadFactory.create_batch(5)
    deed = owe(marketer, "list", {"name": "Fair guests"})
    count, calls = running._count, []

    def die_in_the_second_batch(*args):
        calls.append(args)
        if len(calls) == 2:
            raise OperationalError("The server went away.")
        count(*args)

    monkeypatch.setattr(running, "_count", die_in_the_second_batch)
    now = timezone.now()
    running.continue_owed(now=now)
    deed.refresh_from_db()
    assert (deed.done, deed.state) == (2, OwedState.DUE)

    running.continue_owed(now=now + timedelta(minutes=1))

    deed.refresh_from_db()
    segment = Segment.objects.get(name="Fair guests")
    assert (deed.done, deed.changed, deed.state) == (5, 5, OwedState.DONE)
    assert set(segment.members.values_list("lead", flat=True)) == {
        lead.pk for lead in leads
    }
    added = segment.events.filter(deed=SegmentDeed.ADDED)
    assert list(added.values_list("count", flat=True)) == [5]


def test_whoever_wants_no_mail_is_not_enrolled_and_it_says_so(client, marketer):
    programme = ProgrammeFactory()
    StepFactory(programme=programme, kind="wait", days=3)
    leads = [
        LeadFactory(),
        LeadFactory(do_not_mail_since=timezone.now()),
        LeadFactory(email="", email_key=""),
    ]
    typed = {"kind": "enrol", "step": "do", "programme": programme.pk}

    for _again in range(2):
        post(client, leads, **typed)

    first, second = BulkDeed.objects.order_by("pk")
    assert (first.changed, first.refused) == (1, 2)
    assert (second.changed, second.unchanged, second.refused) == (0, 1, 2)
    assert Enrolment.objects.count() == 1
    reasons = dict(running.reasons(first))
    assert reasons == {"Wants no mail.": 1, "Has no e-mail address.": 1}


def test_a_manager_gives_the_leads_of_sales_to_another_rep(client, workspace):
    client.force_login(UserFactory(role=Role.MANAGER))
    rep, offer = RepFactory(), HandoffFactory()
    with_sales, nurtured = LeadFactory(stage=Stage.ACCEPTED), LeadFactory()

    deed = {"kind": "assign", "step": "do", "rep": rep.pk}
    leads = [offer.lead, with_sales, nurtured]
    assert "This field is required" in post(client, leads, **deed).text
    post(client, leads, **deed, reason="Ana has left")

    assert Handoff.objects.get(pk=offer.pk).rep == rep.user
    owners = Lead.objects.filter(standing__owner=rep.user)
    assert set(owners) == {offer.lead, with_sales}
    assert BulkDeed.objects.get().refused == 1
    reasons = Reassignment.objects.values_list("reason", flat=True)
    assert [*reasons] == ["Ana has left"] * 2


def test_an_offer_that_cannot_be_given_away_is_refused_alone(client, workspace):
    client.force_login(UserFactory(role=Role.MANAGER))
    rep, gone, offer = RepFactory(), HandoffFactory(), HandoffFactory()
    # Taken by sales otherwise; the sweep has not closed the offer yet.
    Standing.objects.filter(pk=gone.lead_id).update(stage=Stage.ACCEPTED)

    deed = {"kind": "assign", "step": "do", "rep": rep.pk, "reason": "Ill"}
    post(client, [gone.lead, offer.lead], **deed)

    deed = BulkDeed.objects.get()
    assert (deed.state, deed.changed, deed.refused) == (OwedState.DONE, 1, 1)
    assert "no longer offered" in deed.refusals.get().reason


def test_a_hostile_choice_of_leads_is_nobody_or_what_is_left_of_it(client, marketer):
    LeadFactory()

    long = post(client, kind="tag", step="do", tag="x", lead="9" * 5_000)
    with_nul = post(client, kind="tag", step="do", tag="x", all="1", query="q=\0")

    assert long.status_code == 422
    assert with_nul.status_code == 200


def test_what_somebody_may_not_do_is_neither_offered_nor_done(client, marketer):
    response = client.get(reverse("nurture:board"))

    assert "assign" not in [kind for kind, _deed in response.context["bulk_deeds"]]
    assert post(client, [LeadFactory()], kind="assign").status_code == 403
    assert post(client, [LeadFactory()], kind="fly").status_code == 400
    client.force_login(UserFactory(role=Role.REP))
    assert post(client, [LeadFactory()], kind="tag").status_code == 403
    assert client.get(reverse("leads:list")).context["bulk_deeds"] == []


def test_a_deed_of_somebody_who_left_is_not_done(marketer):
    lead = LeadFactory()
    deed = owe(marketer, "tag", {"tag": "x"}, lead_ids=[lead.pk])
    marketer.is_active = False
    marketer.save()

    running.continue_owed(now=timezone.now())

    deed.refresh_from_db()
    assert "has left" in deed.last_error
    assert not lead.tags.exists()


def test_it_works_without_script_and_nobody_is_not_everybody(client, marketer):
    lead = LeadFactory()

    asked = post(client, [lead], headers={}, kind="tag")
    done = post(client, [lead], headers={}, kind="tag", step="do", tag="x")
    nobody = post(client, [], kind="tag", step="do", tag="y")

    assert b"<html" in asked.content
    assert done.url == BulkDeed.objects.get().get_absolute_url()
    assert nobody.status_code == 422
    assert not Lead.objects.filter(tags__name="y").exists()


def test_a_long_deed_can_be_cancelled_and_a_stuck_one_runs_again(client, marketer):
    lead = LeadFactory()
    deed = owe(marketer, "tag", {"tag": "x"}, lead_ids=[lead.pk])
    address = reverse("bulk:cancel", args=[deed.pk])

    client.post(address)
    client.post(address)

    deed.refresh_from_db()
    assert deed.state == OwedState.CANCELLED
    BulkDeed.objects.filter(pk=deed.pk).update(state=OwedState.STUCK)
    client.post(reverse("bulk:run-again", args=[deed.pk]))
    running.continue_owed(now=timezone.now())
    assert lead.tags.exists()


def test_leads_are_taken_out_as_a_file_and_it_is_written_down(client, marketer):
    lead = LeadFactory(last_name="=cmd()", source="web")
    LeadFactory(source="fair")
    typed = {"layout": "board", "all": "1", "query": "source=web"}

    response = client.post(reverse("bulk:export"), typed)

    lines = b"".join(response.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert lead.email in lines[1]
    assert Export.objects.get().report == "leads"
    assert b"leads.csv" in client.get(reverse("reports:exports")).content


def test_all_of_a_segment_are_tagged_from_its_page(client, marketer):
    inside, outside = LeadFactory(stage=Stage.MQL), LeadFactory()
    segment = SegmentFactory(conditions=leaf("stage", "is", "mql"))
    page = client.get(segment.get_absolute_url())
    typed = {"layout": "segment", "all": "1", "query": str(segment.pk)}

    assert "With all of them" in page.content.decode()
    asked = client.post(NEW, {**typed, "kind": "tag"}, headers=HTMX)
    client.post(NEW, {**typed, "kind": "tag", "step": "do", "tag": "x"}, headers=HTMX)
    file = client.post(reverse("bulk:export"), typed)

    assert asked.context["count"] == 1
    assert [*Lead.objects.filter(tags__name="x")] == [inside]
    lines = b"".join(file.streaming_content).decode()
    assert inside.email in lines
    assert outside.email not in lines


def test_causes_of_many_moves_are_those_of_a_person(marketer):
    leads = LeadFactory.create_batch(2, stage=Stage.LOST)
    until = timezone.now() + timedelta(days=9)
    wish = {"to": "recycled", "reason": "Later", "until": until.isoformat()}
    owe(marketer, "move", wish, query="stage=lost")

    running.continue_owed(now=timezone.now())

    assert stages(leads) == ["recycled", "recycled"]
    returns = Lead.objects.values_list("standing__returns_at", flat=True)
    assert set(returns) == {until}
    assert StageChange.objects.filter(cause=Cause.PERSON).count() == 2


def test_a_deed_whose_segment_is_archived_meanwhile_says_so(client, marketer):
    segment = SegmentFactory(conditions=leaf("source", "is", "fair"))
    LeadFactory(source="fair")
    deed = owe(marketer, "tag", {"tag": "Big"}, layout="segment", query=str(segment.pk))
    Segment.objects.filter(pk=segment.pk).update(archived_at=timezone.now())

    running.continue_owed(now=timezone.now())

    deed.refresh_from_db()
    assert (deed.state, deed.done) == (OwedState.DUE, 0)
    assert "The segment is not there any more." in deed.last_error
