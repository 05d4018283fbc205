"""Every address of the workspace."""

from django.contrib import admin
from django.urls import include, path

from config import views

urlpatterns = [
    path("auth/", include("allauth.account.urls")),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("admin/", admin.site.urls),
]
