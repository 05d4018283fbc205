"""What nurture does to many leads: enrol, tag, put into a list or a campaign."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from leads import activities, campaigns, particulars
from leads.choices import MemberStatus
from leads.models import Campaign, CampaignMember, Lead, User
from leads.nurture import segments
from leads.nurture.bulk import forms
from leads.nurture.bulk.registry import BulkDeedError, Deed, Outcome, Wish
from leads.nurture.choices import Entered, SegmentKind
from leads.nurture.models import Programme, Segment
from leads.nurture.programmes import entering
from leads.nurture.segments import SegmentError
from leads.text import fold


def enrol(
    *, lead_ids: Sequence[int], wish: Wish, actor: User, now: datetime
) -> Outcome:
    """Let them enter the programme by hand; who is in it stays as they are."""
    programme = Programme.objects.filter(pk=wish["programme"]).first()
    if programme is None or not programme.is_running:
        raise BulkDeedError(_("The programme does not run."))
    entry = entering.enrol_these(
        programme=programme,
        lead_ids=lead_ids,
        how=Entered.HAND,
        actor=actor,
        now=now,
    )
    within = entry.entered | entry.inside
    others = Lead.objects.filter(pk__any_of=[pk for pk in lead_ids if pk not in within])
    refused = {}
    for pk, spared, key in others.values_list("pk", "do_not_mail_since", "email_key"):
        if spared is not None:
            refused[pk] = _("Wants no mail.")
        elif not key:
            refused[pk] = _("Has no e-mail address.")
        elif pk in entry.barred:
            refused[pk] = _("Was in this programme, and may not enter again (yet).")
    return Outcome(len(entry.entered), refused)


def tag(*, lead_ids: Sequence[int], wish: Wish, actor: User, now: datetime) -> Outcome:
    """Tag those that lack it; the score looks at them again."""
    found = particulars.tags_by_key(names=[wish["tag"]])[fold(wish["tag"])]
    tagging = Lead.tags.through
    have = set(
        tagging.objects.filter(tag=found, lead__in=lead_ids).values_list(
            "lead_id", flat=True
        )
    )
    lacking = [pk for pk in lead_ids if pk not in have]
    tagging.objects.bulk_create(
        [tagging(lead_id=pk, tag_id=found.pk) for pk in lacking],
        ignore_conflicts=True,
    )
    activities.mark_stale(lead_ids=lacking)
    return Outcome(len(lacking))


def make_list(wish: Wish, actor: User, now: datetime) -> Wish:
    """The list itself, made where the wish names a new one."""
    if "segment" in wish:
        return wish
    try:
        made = segments.create(
            name=wish["name"], kind=SegmentKind.LIST, tree={}, actor=actor, now=now
        )
    except SegmentError as error:
        raise BulkDeedError(str(error)) from error
    return {"segment": made.pk}


def put_into_list(
    *, lead_ids: Sequence[int], wish: Wish, actor: User, now: datetime
) -> Outcome:
    """Put those into the list that are not in it."""
    segment = _list_of(wish)
    leads = Lead.objects.filter(pk__any_of=list(lead_ids))
    try:
        return Outcome(segments.put(segment=segment, leads=leads, actor=actor, now=now))
    except SegmentError as error:
        raise BulkDeedError(str(error)) from error


def note_in_list(wish: Wish, count: int, actor: User, now: datetime) -> None:
    """Let the history of the list say it once, whatever the number of batches."""
    segments.note_added(segment=_list_of(wish), count=count, actor=actor, now=now)


def add_to_campaign(
    *, lead_ids: Sequence[int], wish: Wish, actor: User, now: datetime
) -> Outcome:
    """Say how far they are with the campaign; who is so far already is left alone."""
    campaign = Campaign.objects.filter(pk=wish["campaign"]).first()
    if campaign is None:
        raise BulkDeedError(_("The campaign is not there any more."))
    status = MemberStatus(wish["status"])
    said = CampaignMember.objects.filter(campaign=campaign, status=status)
    same = set(said.filter(lead__any_of=list(lead_ids)).values_list("lead", flat=True))
    others = [pk for pk in lead_ids if pk not in same]
    campaigns.put(
        campaign=campaign,
        leads=Lead.objects.filter(pk__any_of=others),
        status=status,
        actor=actor,
        now=now,
    )
    return Outcome(len(others))


def _list_of(wish: Wish) -> Segment:
    segment = Segment.objects.filter(pk=wish["segment"], archived_at=None).first()
    if segment is None:
        raise BulkDeedError(_("The list is not there any more."))
    return segment


ENROL = Deed(forms.EnrolForm, "nurture.manage_nurture", "zap", enrol)
ADD_TO_CAMPAIGN = Deed(
    forms.CampaignForm, "leads.manage_campaigns", "target", add_to_campaign
)
TAG = Deed(forms.TagForm, "leads.move_lead", "tag", tag)
PUT_INTO_LIST = Deed(
    forms.ListForm,
    "nurture.manage_nurture",
    "list",
    put_into_list,
    prepare=make_list,
    finish=note_in_list,
)
