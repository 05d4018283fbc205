"""Addresses of the pages of imports."""

from django.urls import path

from leads.capture.uploads.views import imports

app_name = "imports"
urlpatterns = [
    path("", imports.import_list, name="list"),
    path("<int:pk>/", imports.import_detail, name="detail"),
    path("<int:pk>/cancel/", imports.import_cancel, name="cancel"),
    path("<int:pk>/run-again/", imports.import_run_again, name="run_again"),
    path("<int:pk>/refused/", imports.import_refused, name="refused"),
]
