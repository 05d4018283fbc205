"""Addresses of the nurture board."""

from django.urls import path

from leads.nurture.views import board, look

app_name = "nurture"
urlpatterns = [
    path("", board.board, name="board"),
    path("signs/", board.signs, name="signs"),
    path("look/<int:pk>/", look.look, name="look"),
    path("moved/", board.moved, name="moved"),
    path("<slug:key>/", board.lane, name="lane"),
]
