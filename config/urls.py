"""Every address of the workspace."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from config import views
from config.api import api
from handoff.views import operations
from leads.capture.tracking.views import settings as tracking
from scoring.views import definitions

# The administration signs people in by our own page, which limits the tries.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler500 = "config.views.server_error"
urlpatterns = [
    path("", views.home, name="home"),
    path("", include("leads.urls")),
    path("board/", include("leads.nurture.urls")),
    path("bulk/", include("leads.nurture.bulk_urls")),
    path("segments/", include("leads.nurture.segment_urls")),
    path("mail/", include("leads.nurture.mail.urls")),
    path("programmes/", include("leads.nurture.programme_urls")),
    path("m/", include("leads.nurture.public_urls")),
    path("", include("handoff.urls")),
    path("", include("reports.urls")),
    path("dashboards/", include("reports.dashboard_urls")),
    path("", include("leads.capture.public_urls")),
    path("forms/", include("leads.capture.hosted.urls")),
    path("imports/", include("leads.capture.uploads.urls")),
    path("settings/tracking/", tracking.settings_page, name="tracking"),
    path("settings/api-keys/", include("leads.capture.integrations.key_urls")),
    path("settings/webhooks/", include("leads.capture.integrations.webhook_urls")),
    path("scoring/", include("scoring.urls")),
    path("routing/", include("handoff.routing.plans.urls")),
    path("definitions/", definitions.definitions, name="definitions"),
    path("definitions/sign/", definitions.sign, name="definitions-sign"),
    path("operations/", operations.operations, name="operations"),
    path(
        "operations/run-again/",
        operations.run_again,
        name="operations-run-all-again",
    ),
    path(
        "operations/<int:pk>/run-again/",
        operations.run_again,
        name="operations-run-again",
    ),
    path(
        "operations/<slug:sort>/<int:pk>/run-again/",
        operations.run_work_again,
        name="operations-run-work-again",
    ),
    path("api/v1/", api.urls),
    path("auth/", include("config.auth_urls")),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("admin/", admin.site.urls),
]
