"""Taking further people of the account into the conversation, and out again."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.htmx import HtmxRequest
from handoff.models import Handoff
from handoff.selling import conversations
from handoff.selling.conversations import ConversationError
from handoff.selling.views.asking import go_back, visible_lead
from leads.models import Lead


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_POST
def take_in(request: HtmxRequest, pk: int, person_pk: int) -> HttpResponse:
    lead, handoff, person = _asked(request, pk, person_pk)
    error = ""
    try:
        conversations.take_in(
            handoff=handoff, person=person, actor=request.user, now=timezone.now()
        )
    except ConversationError as refused:
        error = str(refused)
    done = _("{person} takes part in the conversation.").format(person=person)
    return go_back(request, lead, done=done, error=error)


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_POST
def take_out(request: HtmxRequest, pk: int, person_pk: int) -> HttpResponse:
    lead, handoff, person = _asked(request, pk, person_pk)
    error = ""
    try:
        conversations.take_out(handoff=handoff, person=person, actor=request.user)
    except ConversationError as refused:
        error = str(refused)
    done = _("{person} takes no part any more.").format(person=person)
    return go_back(request, lead, done=done, error=error)


def _asked(request: HtmxRequest, pk: int, person_pk: int) -> tuple[Lead, Handoff, Lead]:
    """The lead, its conversation, and the person of the same account, or a 404."""
    lead = visible_lead(request, pk)
    handoff = conversations.current(lead=lead)
    if handoff is None or lead.account_id is None:
        raise Http404
    colleagues = Lead.objects.filter(account=lead.account_id)
    return lead, handoff, get_object_or_404(colleagues, pk=person_pk)
