"""Back at the desk, with what was moved and what was not."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.htmx import HtmxRequest
from handoff.desk.reassigning import Outcome

# So many refusals are told one by one.
MOST_TOLD = 8


def tell(request: HtmxRequest, outcome: Outcome, done: str = "") -> HttpResponse:
    """Lead back to the desk; `done` says otherwise than “3 leads moved.”"""
    count = len(outcome.moved)
    moved = ngettext("{count} lead moved.", "{count} leads moved.", count)
    if outcome.moved:
        messages.success(request, done or moved.format(count=count))
    for line in outcome.refused[:MOST_TOLD]:
        messages.error(request, line)
    if (more := len(outcome.refused) - MOST_TOLD) > 0:
        messages.error(request, _("{count} more stayed.").format(count=more))
    if not outcome.moved and not outcome.refused:
        messages.error(request, _("Nothing was moved."))
    return redirect("handoff:desk")
