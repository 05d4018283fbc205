"""Every address of the workspace."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("auth/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
