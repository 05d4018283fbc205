"""Addresses of the nurture board."""

from django.urls import path

from leads.nurture import views

app_name = "nurture"
urlpatterns = [
    path("", views.board, name="board"),
    path("signs/", views.signs, name="signs"),
    path("<slug:stage>/", views.lane, name="lane"),
]
