"""Addresses of the pages of imports."""

from django.urls import path

from leads.capture.integrations.views import sources as received
from leads.capture.uploads.views import imports, undo

app_name = "imports"
urlpatterns = [
    path("webhooks/", received.refused_list, name="webhooks"),
    path("webhooks/<int:pk>/", received.received_detail, name="received"),
    path("", imports.import_list, name="list"),
    path("<int:pk>/", imports.import_detail, name="detail"),
    path("<int:pk>/read/", imports.import_reread, name="reread"),
    path("<int:pk>/cancel/", imports.import_cancel, name="cancel"),
    path("<int:pk>/run-again/", imports.import_run_again, name="run_again"),
    path("<int:pk>/undo/", undo.import_undo, name="undo"),
    path("<int:pk>/undo/run-again/", undo.undo_run_again, name="undo_run_again"),
    path("<int:pk>/refused/", imports.import_refused, name="refused"),
]
