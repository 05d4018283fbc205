"""Addresses of the pages about webhooks, out and in."""

from django.urls import path

from leads.capture.integrations.views import endpoints, sources

app_name = "webhooks"
urlpatterns = [
    path("", endpoints.webhook_list, name="list"),
    path("new/", endpoints.endpoint_new, name="new"),
    path("<int:pk>/", endpoints.endpoint_detail, name="endpoint"),
    path("<int:pk>/edit/", endpoints.endpoint_edit, name="edit"),
    path("<int:pk>/switch/", endpoints.endpoint_switch, name="switch"),
    path("<int:pk>/rotate/", endpoints.endpoint_rotate, name="rotate"),
    path("<int:pk>/test/", endpoints.endpoint_test, name="test"),
    path("<int:pk>/remove/", endpoints.endpoint_remove, name="remove"),
    path("sources/new/", sources.source_new, name="source_new"),
    path("sources/<int:pk>/", sources.source_detail, name="source"),
    path("sources/<int:pk>/switch/", sources.source_switch, name="source_switch"),
    path("sources/<int:pk>/rotate/", sources.source_rotate, name="source_rotate"),
    path("sources/<int:pk>/remove/", sources.source_remove, name="source_remove"),
    path("deliveries/<int:pk>/", endpoints.delivery_detail, name="delivery"),
    path("deliveries/<int:pk>/again/", endpoints.delivery_again, name="again"),
]
