"""Every address of strangers: nobody signs in there, and no cookie vouches for them.

So none of them takes a CSRF token, and no other page of ours goes without: a form is
guarded by its stamp or key, a beacon by the list of our sites. This is the one list.
"""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from leads.capture.hosted.views import public as pages
from leads.capture.tracking.views import public as tracking

View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """The view for strangers."""
    return login_not_required(csrf_exempt(view))


app_name = "public"
urlpatterns = [
    path("f/<slug:slug>/", public(pages.form_page), name="form"),
    path("f/<slug:slug>/thanks/", public(pages.thanks), name="thanks"),
    path("f/<slug:slug>/embed/", public(pages.embedded_form), name="embed"),
    path(
        "f/<slug:slug>/embed/thanks/",
        public(pages.embedded_thanks),
        name="embedded_thanks",
    ),
    path("f/<slug:slug>/confirm/<str:token>/", public(pages.confirm), name="confirm"),
    path("t/", public(tracking.beacon), name="beacon"),
    path("t/baton.js", public(tracking.script), name="tracker"),
]
