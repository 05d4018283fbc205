"""Addresses of the pages about API keys."""

from django.urls import path

from leads.capture.integrations.views import keys

app_name = "keys"
urlpatterns = [
    path("", keys.key_list, name="list"),
    path("new/", keys.key_new, name="new"),
    path("<int:pk>/revoke/", keys.key_revoke, name="revoke"),
]
