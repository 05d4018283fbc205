"""Where the links of our mails lead: addresses of strangers too.

None of them takes a CSRF token: each is guarded by the signature in its address.
"""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from leads.nurture.views import public

app_name = "letters"
urlpatterns = [
    path(
        "<str:token>/",
        login_not_required(csrf_exempt(public.preferences)),
        name="preferences",
    ),
    path("o/<str:token>", login_not_required(public.opened), name="opened"),
    path("c/<str:token>", login_not_required(public.clicked), name="clicked"),
]
