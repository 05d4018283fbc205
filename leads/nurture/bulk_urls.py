"""Addresses of what is done to many leads at once."""

from django.urls import path

from leads.nurture.views import bulk

app_name = "bulk"
urlpatterns = [
    path("", bulk.bulk_list, name="list"),
    path("new/", bulk.bulk_new, name="new"),
    path("export/", bulk.bulk_export, name="export"),
    path("<int:pk>/", bulk.bulk_detail, name="detail"),
    path("<int:pk>/cancel/", bulk.bulk_cancel, name="cancel"),
    path("<int:pk>/undo/", bulk.bulk_undo, name="undo"),
    path("<int:pk>/run-again/", bulk.bulk_run_again, name="run-again"),
]
