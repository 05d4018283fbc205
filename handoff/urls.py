"""Addresses of the queue, the decisions and the deals."""

from django.urls import path

from handoff.views import deals, decisions, giving_back, queue

app_name = "handoff"
urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path("queue/<int:pk>/accept/", decisions.accept, name="accept"),
    path("queue/<int:pk>/reject/", decisions.reject, name="reject"),
    path("queue/<int:pk>/withdraw/", decisions.withdraw, name="withdraw"),
    path("queue/<int:pk>/reassign/", decisions.reassign, name="reassign"),
    path("leads/<int:pk>/give-back/", giving_back.give_back, name="give_back"),
    path("leads/<int:pk>/disqualify/", giving_back.disqualify, name="disqualify"),
    path("leads/<int:pk>/deals/new/", deals.deal_open, name="deal_open"),
    path("deals/<int:pk>/win/", deals.deal_win, name="deal_win"),
    path("deals/<int:pk>/lose/", deals.deal_lose, name="deal_lose"),
    path("deals/<int:pk>/reopen/", deals.deal_reopen, name="deal_reopen"),
]
