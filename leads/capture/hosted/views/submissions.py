"""What a form brought: counted, waiting to be confirmed, and the spam box."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from config.htmx import HtmxRequest
from leads import paging
from leads.capture.hosted import confirming, receiving
from leads.capture.hosted.choices import Box, SpamReason
from leads.capture.hosted.views.common import PERMISSION, form_of, tab
from leads.capture.models import HostedForm, Submission

PAGE_SIZE = 50
ORDER = ("-received_at", "-pk")


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def submission_list(request: HtmxRequest, pk: int) -> HttpResponse:
    form = form_of(pk)
    asked = request.GET.get("box", "")
    box = Box(asked) if asked in Box.values else Box.COUNTED
    cursor = request.GET.get("after", "")
    rows = form.submissions.filter(box=box).select_related(
        "lead", "released_by", "confirmation"
    )
    page = paging.page_of(rows, order=ORDER, cursor=cursor, size=PAGE_SIZE)
    labels = {field.name: field.label for field in form.fields.all()}
    context = {
        "box": box,
        "page": page,
        "is_first": not cursor,
        "submissions": [_shown(row, labels) for row in page.rows],
    }
    return tab(request, form, "submissions", context)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def not_spam(request: HtmxRequest, pk: int) -> HttpResponse:
    """A person sent it after all: it goes the way of every other."""
    submission = _submission(pk)
    if receiving.release(submission=submission, actor=request.user, now=timezone.now()):
        if submission.box == Box.WAITING:
            text = _("Out of the spam box; it waits for its confirmation.")
        else:
            text = _("Out of the spam box: {lead}.").format(lead=submission.lead)
        messages.success(request, text)
    else:
        messages.info(request, _("It was taken out of the spam box before."))
    return _back(submission.form, Box.SPAM)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def send_again(request: HtmxRequest, pk: int) -> HttpResponse:
    submission = _submission(pk)
    if confirming.send_again(submission=submission, now=timezone.now()):
        messages.success(request, _("The mail will be sent again."))
    else:
        messages.info(request, _("The mail does not wait for anybody."))
    return _back(submission.form, Box.WAITING)


def _submission(pk: int) -> Submission:
    return get_object_or_404(Submission.objects.select_related("form"), pk=pk)


def _back(form: HostedForm, box: Box) -> HttpResponse:
    return redirect(f"{reverse('forms:submissions', args=[form.pk])}?box={box}")


def _shown(submission: Submission, labels: dict[str, str]) -> dict[str, object]:
    """A row of the list: who it is, and what else was answered."""
    values = dict(submission.values)
    name = f"{values.pop('first_name', '')} {values.pop('last_name', '')}".strip()
    email = values.pop("email", "")
    return {
        "submission": submission,
        "name": name or email,
        "email": email if name else "",
        "answers": [(labels.get(key, key), value) for key, value in values.items()],
        "reasons": [
            SpamReason(reason).label
            for reason in submission.spam_reasons
            if reason in SpamReason.values
        ],
        "campaign": submission.properties.get("utm_campaign", ""),
        "confirmation": getattr(submission, "confirmation", None),
    }
