"""Addresses of the feedback; named in `handoff`."""

from django.urls import path

from handoff.feedback import views

urlpatterns = [
    path("", views.feedback, name="feedback"),
    path("<int:pk>/", views.feedback_one, name="feedback_one"),
    path("<int:pk>/say/", views.say, name="feedback_say"),
]
