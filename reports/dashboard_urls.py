"""Addresses of the dashboards."""

from django.urls import path

from reports.views import arranging, dashboards, frozen

app_name = "dashboards"
urlpatterns = [
    path("", dashboards.home, name="home"),
    path("new/", arranging.new, name="new"),
    path("digest/", dashboards.digest, name="digest"),
    path("freeze/", frozen.freeze, name="freeze"),
    path("frozen/", frozen.frozen_list, name="frozen-list"),
    path("frozen/<str:token>/", frozen.frozen, name="frozen"),
    path("frozen/<str:token>/revoke/", frozen.revoke, name="revoke"),
    path("<int:pk>/", dashboards.detail, name="detail"),
    path("<int:pk>/arrange/", arranging.arrange, name="arrange"),
]
