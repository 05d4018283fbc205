"""What a person is told: the bell, the list, and how they want to be told."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.htmx import HtmxRequest
from handoff.models import Handoff
from leads import news_words, notifications
from leads.models import Lead, Notification, NotificationPreference
from leads.notification_forms import PreferenceForm, wish_forms
from leads.paging import page_of

PAGE_SIZE = 30
ORDER = ("-made_at", "-pk")


@require_GET
def notification_list(request: HtmxRequest) -> HttpResponse:
    mine = Notification.objects.filter(person=request.user)
    only_unread = request.GET.get("show") == "unread"
    shown = mine.filter(read_at=None) if only_unread else mine
    cursor = request.GET.get("after", "")
    page = page_of(shown, order=ORDER, cursor=cursor, size=PAGE_SIZE)
    news_words.put_into_words(news=page.rows)
    context = {"page": page, "only_unread": only_unread, "is_first": not cursor}
    return render(request, "leads/notification_list.html", context)


@require_GET
def bell(request: HtmxRequest) -> HttpResponse:
    """The bell alone, fetched again by every tick of a page that is seen."""
    return render(request, "_bell.html")


@require_GET
def open_notification(request: HtmxRequest, pk: int) -> HttpResponse:
    """Lead to what the news is about; from now on it is read.

    A lead that has gone to somebody else is told in the brief that this person had of
    it, or else in a sentence.
    """
    mine = Notification.objects.filter(person=request.user)
    one = get_object_or_404(mine, pk=pk)
    notifications.mark_read(
        person=request.user, now=timezone.now(), notification_ids=[one.pk]
    )
    address = one.get_absolute_url()
    if one.lead_id is None or address != reverse("leads:detail", args=[one.lead_id]):
        return redirect(address)
    if Lead.objects.visible_to(request.user).filter(pk=one.lead_id).exists():
        return redirect(address)
    mine_once = Handoff.objects.visible_to(request.user).filter(lead=one.lead_id)
    if handoff := mine_once.order_by("-routed_at", "-pk").first():
        return redirect("handoff:brief", pk=handoff.pk)
    messages.info(request, _("This lead is with somebody else now."))
    return redirect("leads:notifications")


@require_POST
def read_all(request: HtmxRequest) -> HttpResponse:
    notifications.mark_read(person=request.user, now=timezone.now())
    messages.success(request, _("All is marked as read."))
    return redirect("leads:notifications")


@require_http_methods(["GET", "POST"])
def preferences(request: HtmxRequest) -> HttpResponse:
    """How this person wants to be told of each kind of news."""
    person, posted = request.user, request.POST or None
    stored = NotificationPreference.objects.filter(person=person).first()
    form = PreferenceForm(posted, instance=stored or NotificationPreference())
    wishes = wish_forms(person=person, posted=posted)
    if posted and form.is_valid() and all(wish.is_valid() for wish in wishes):
        notifications.choose(
            person=person,
            preference=form.save(commit=False),
            wishes={wish.kind: wish.wish for wish in wishes},
        )
        messages.success(request, _("Saved. It holds for what happens from now on."))
        return redirect("leads:notification_preferences")
    context = {"form": form, "wishes": wishes, "zone": _zone_of(request)}
    status = 422 if posted else 200
    return render(
        request, "leads/notification_preferences.html", context, status=status
    )


def _zone_of(request: HtmxRequest) -> str:
    return str(notifications.zone_named(request.user.time_zone))
