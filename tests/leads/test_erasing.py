import json
from io import StringIO
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import JSONField
from django.utils.crypto import get_random_string

from handoff.choices import HandoffStatus, Question
from handoff.models import (
    Answer,
    Guest,
    Handoff,
    Inquiry,
    Meeting,
    Reassignment,
    Remark,
    Task,
)
from leads import erasing, exporting, forgetting, lifecycle, personal
from leads.capture.hosted.choices import Box
from leads.capture.introducing import Introduction, introduce
from leads.capture.models import (
    FileImport,
    KeptAnswer,
    RefusedRow,
    Submission,
    Visit,
    Visitor,
)
from leads.choices import Cause, MemberStatus, Stage
from leads.lifecycle import Move
from leads.models import (
    Campaign,
    CampaignMember,
    Consent,
    Distinct,
    ExternalId,
    Lead,
    Merge,
    Standing,
    Tag,
)
from leads.nurture.choices import BulkKind, BulkLayout
from leads.nurture.models import BulkDeed, BulkRefusal, SegmentMember
from leads.particulars import save_lead
from tests.capture.factories import HostedFormFactory
from tests.handoff.factories import DealFactory, HandoffFactory, TaskFactory
from tests.leads.factories import (
    NOON,
    LeadFactory,
    NotificationFactory,
    UserFactory,
    WebhookDeliveryFactory,
)
from tests.nurture.factories import EnrolmentFactory, MailFactory, SegmentFactory
from tests.scoring.factories import ActivityFactory

pytestmark = pytest.mark.django_db
CANARY = "Canary"
TYPED = {
    "first_name": "Canary",
    "last_name": "Ríos",
    "email": "Canary.Rios@mail.example",
    "phone": "+49 30 99887766",
    "title": "Head of Canary",
    "country": "Germany",
    "source": "fair",
    "campaign": None,
    "company": "",
    "company_domain": "",
}


@pytest.fixture
def canary(workspace, settings, tmp_path):
    """A person with a row in every table that knows people."""
    settings.IMPORTS_DIR = tmp_path
    earlier = LeadFactory()
    lead = save_lead(lead=None, typed=TYPED, now=NOON)
    Lead.objects.filter(pk=lead.pk).update(
        external_id="canary-1", source_system="crm", custom={"hobby": "Canary"}
    )
    for stage in (Stage.MQL, Stage.SQL):
        wanted = Move(lead.pk, stage, Cause.PERSON, NOON, reason="Canary said so")
        lifecycle.move(wanted=wanted, now=NOON)
    plant_rows(lead, earlier)
    for table in personal.tables():
        rows = table.rows_of(lead.pk)
        assert rows.exists() or table.model in MAY_BE_EMPTY, table.model
        plant_words(table, rows)
    # A manager's words, which need not name the person.
    trace = {"reassigned": [{"to": "Tom", "reason": "Confided in Ana"}]}
    Handoff.objects.filter(lead=lead).update(trace=trace)
    return Lead.objects.get(pk=lead.pk)


MAY_BE_EMPTY = {
    "admin.LogEntry",
    "capture.FileImport",
    "capture.ImportTrial",
    "capture.ImportUndo",
    "capture.KeptAnswer",
    "capture.ReceivedWebhook",
    "capture.RefusedRecord",
    "capture.RefusedRow",
    "handoff.UndoneDecision",
    "capture.ConfirmationMail",
    "handoff.ClockPause",
    "handoff.DealChange",
    "handoff.Invitation",
    "handoff.Participant",
    "leads.NotificationDelivery",
    "nurture.BulkDeed",
    "nurture.Suppression",
    "reports.Dashboard",
    "reports.Export",
    "reports.FrozenDashboard",
}


def plant_rows(lead, earlier):
    other = LeadFactory()
    offered = HandoffFactory(lead=lead)
    Inquiry.objects.create(handoff=offered, text=CANARY, asked_at=NOON)
    Remark.objects.create(handoff=offered, kind="answer", text=CANARY, at=NOON)
    Reassignment.objects.create(handoff=offered, batch=uuid4(), at=NOON, reason=CANARY)
    Reassignment.objects.create(lead=lead, batch=uuid4(), at=NOON, reason=CANARY)
    HandoffFactory(brief={"people": [{"name": "Canary Ríos"}]}, note="met Canary Rios")
    DealFactory(lead=lead)
    TaskFactory(lead=lead)
    ActivityFactory(lead=lead)
    meeting = {"starts_at": NOON, "minutes": 30, "made_at": NOON, "changed_at": NOON}
    theirs = Meeting.objects.create(lead=other, uid="1", **meeting)
    Guest.objects.create(meeting=theirs, email=TYPED["email"], name="Canary Ríos")
    Guest.objects.create(meeting=theirs, email="a@b.example", name="A", lead=lead)
    mine = Meeting.objects.create(lead=lead, uid="2", **meeting)
    Guest.objects.create(meeting=mine, email="c@d.example")
    Answer.objects.create(
        lead=lead, cycle=1, question=Question.values[0], state="known", at=NOON
    )
    form = HostedFormFactory()
    sent = {"form": form, "received_at": NOON, "box": Box.values[0]}
    Submission.objects.create(lead=lead, once_key="1", **sent)
    Submission.objects.create(
        once_key="2", values={"e": TYPED["email"], "n": CANARY}, **sent
    )
    plant_import()
    visitor = Visitor.objects.create(
        key="canary", lead=lead, first_seen_at=NOON, last_seen_at=NOON
    )
    Visit.objects.create(visitor=visitor, view_key="1", occurred_at=NOON, url="/")
    WebhookDeliveryFactory(lead=lead)
    WebhookDeliveryFactory(body='{"reason": "as Canary Ríos said"}')
    NotificationFactory(lead=lead)
    NotificationFactory(title="Canary Ríos is yours")
    ExternalId.objects.create(lead=lead, source_system="shop", external_id="canary-2")
    Merge.objects.create(survivor=lead, merged_id=1_000_000, merged_at=NOON)
    Distinct.objects.create(first=lead, second=other, said_at=NOON)
    Distinct.objects.create(first=earlier, second=lead, said_at=NOON)
    Consent.objects.create(
        lead=lead, purpose="mail", is_given=True, how="form", at=NOON
    )
    lead.tags.add(Tag.objects.create(name="fair"))
    plant_marketing(lead)


def plant_marketing(lead):
    """What marketing did with the person."""
    segment = SegmentFactory()
    SegmentMember.objects.create(segment=segment, lead=lead, added_at=NOON)
    deed = BulkDeed.objects.create(
        kind=BulkKind.values[0],
        words="Tag 1 lead",
        layout=BulkLayout.values[0],
        query="q=Canary+R%C3%ADos",
        last_id=lead.pk,
        total=1,
        asked_at=NOON,
        not_before=NOON,
    )
    BulkRefusal.objects.create(deed=deed, lead=lead, reason="Canary is on hold")
    member = CampaignMember(lead=lead, status=MemberStatus.values[0], added_at=NOON)
    member.campaign = Campaign.objects.create(name="Fair", name_key="fair")
    member.save()
    MailFactory(lead=lead)
    EnrolmentFactory(lead=lead)


def plant_import():
    """A file of which a row was refused, and an answer that the API keeps."""
    sheet = FileImport.objects.create(
        kind="leads",
        name="fair.csv",
        row_count=1,
        uploaded_at=NOON,
        not_before=NOON,
        stored_as="canary-file",
    )
    settings.IMPORTS_DIR.mkdir(parents=True, exist_ok=True)
    stored = settings.IMPORTS_DIR / sheet.stored_as
    stored.write_text("name,email\nCanary Ríos,CANARY.rios@mail.example\n")
    cells = {"first": "Canary", "email": TYPED["email"].upper()}
    RefusedRow.objects.create(file_import=sheet, line=2, reason="no", cells=cells)
    KeptAnswer.objects.create(
        user=UserFactory(), key="1", content={"name": "Canary Ríos"}, created_at=NOON
    )


def plant_words(table, rows):
    """Write the name into every column that could hold it."""
    model = table.model_class
    unique = {field.name for field in model._meta.concrete_fields if field.unique}
    unique |= {"external_id", "email", "email_key"}
    for column in personal.text_columns(model) - {*table.harmless} - unique:
        field = model._meta.get_field(column)
        words = {"x": ["Canary Ríos"]} if isinstance(field, JSONField) else CANARY
        if table.lead and table.model != "leads.Lead":
            rows.update(**{column: words})


def dump():
    """Every value of every table, as text."""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names():
            table = connection.ops.quote_name(name)
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            for row in cursor.fetchall():
                yield f"{name}: {row!r}"


def traces():
    words = ("canary", "ríos", "u00edos", "99887766", "confided")
    return [line for line in dump() if any(word in line.casefold() for word in words)]


def reports():
    shown = []
    for name in ("funnel", "acceptance"):
        printed = StringIO()
        period = ["--from=2026-01-01", "--to=2026-12-31", "--format=json"]
        call_command("report", name, *period, stdout=printed)
        shown.append(json.loads(printed.getvalue()))
    return shown


def test_after_erasure_nothing_that_is_stored_names_the_person(
    canary, tmp_path, django_capture_on_commit_callbacks
):
    assert len(traces()) > 20
    assert [*tmp_path.iterdir()]

    with django_capture_on_commit_callbacks(execute=True):
        made = erasing.erase(lead=canary, actor=UserFactory(), now=NOON)

    assert traces() == []
    assert not [*tmp_path.iterdir()]
    assert made.reached["leads.Activity"] == 1
    canary.refresh_from_db()
    assert str(canary) == f"Erased person #{canary.pk}"


def test_reports_count_the_same_before_and_after(canary):
    canary.handoffs.update(status=HandoffStatus.ACCEPTED, decided_at=NOON)
    before = reports()

    erasing.erase(lead=canary, actor=None, now=NOON)

    assert reports() == before


def test_what_was_still_to_be_done_is_called_off(canary):
    erasing.erase(lead=canary, actor=None, now=NOON)

    assert Standing.objects.get(lead=canary).stage == Stage.DISQUALIFIED
    assert Task.objects.get(lead=canary).is_cancelled
    assert Meeting.objects.get(lead=canary).cancelled_at == NOON


def test_erasing_again_changes_nothing(canary):
    first = erasing.erase(lead=canary, actor=None, now=NOON)

    assert erasing.erase(lead=canary, actor=None, now=NOON) == first


def test_the_address_the_number_and_every_id_are_known_as_forgotten(canary):
    erasing.erase(lead=canary, actor=None, now=NOON)

    known = [
        forgetting.by_email("canary.rios@MAIL.example"),
        forgetting.by_phone("030 99887766"),
        forgetting.by_id("crm", "canary-1"),
    ]
    assert forgetting.forgotten(particulars=known) == {*known}
    other = [forgetting.by_email("other@mail.example"), forgetting.by_id("", "")]
    assert forgetting.forgotten(particulars=other) == set()


def test_hashes_of_an_older_secret_key_still_hold(canary, settings):
    erasing.erase(lead=canary, actor=None, now=NOON)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = get_random_string(50)

    known = [forgetting.by_email(TYPED["email"])]
    assert forgetting.forgotten(particulars=known) == {*known}


def test_who_comes_back_by_themself_is_a_new_lead_without_a_past(canary):
    erasing.erase(lead=canary, actor=None, now=NOON)

    back = introduce(who=Introduction(said={"email": TYPED["email"]}), now=NOON)

    assert back.pk != canary.pk
    assert not back.activities.exists()
    known = [forgetting.by_email(TYPED["email"])]
    assert forgetting.forgotten(particulars=known) == set()


def test_the_export_holds_every_table_that_knows_the_person(canary):
    held = exporting.export(lead=canary, now=NOON)

    assert held["tables"]["leads.Lead"][0]["email"] == TYPED["email"]
    known = {table.model for table in personal.tables()} - MAY_BE_EMPTY
    assert known <= held["tables"].keys()


def test_the_commands_find_a_lead_by_an_old_number(canary):
    printed = StringIO()

    call_command("export_lead", "1000000", stdout=printed)
    call_command("erase_lead", "1000000", "--yes", stdout=StringIO())

    assert json.loads(printed.getvalue())["lead"] == canary.pk
    assert Lead.objects.get(pk=canary.pk).erased_at is not None
    with pytest.raises(CommandError, match="no such lead"):
        call_command("export_lead", "2000000")
