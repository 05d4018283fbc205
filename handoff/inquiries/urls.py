"""Addresses of the questions to marketing; named in `handoff`."""

from django.urls import path

from handoff.inquiries import views

urlpatterns = [
    path("questions/", views.inquiry_list, name="inquiries"),
    path("questions/<int:pk>/answer/", views.answer, name="inquiries_answer"),
    path("questions/<int:pk>/withdraw/", views.withdraw, name="inquiries_withdraw"),
    path("queue/<int:pk>/ask/", views.ask, name="ask"),
]
