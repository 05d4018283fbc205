"""Addresses of what sales does with an accepted lead; named in `handoff`."""

from django.urls import path

from handoff.selling.views import deals, giving_back

urlpatterns = [
    path("leads/<int:pk>/give-back/", giving_back.give_back, name="give_back"),
    path("leads/<int:pk>/disqualify/", giving_back.disqualify, name="disqualify"),
    path("leads/<int:pk>/deals/new/", deals.deal_open, name="deal_open"),
    path("deals/<int:pk>/win/", deals.deal_win, name="deal_win"),
    path("deals/<int:pk>/lose/", deals.deal_lose, name="deal_lose"),
    path("deals/<int:pk>/reopen/", deals.deal_reopen, name="deal_reopen"),
]
