"""Addresses of programmes."""

from django.urls import path

from leads.nurture.views import programme_steps, programmes

app_name = "programmes"
urlpatterns = [
    path("", programmes.programme_list, name="list"),
    path("new/", programmes.programme_new, name="new"),
    path("limits/", programmes.limits_page, name="limits"),
    path("<int:pk>/", programmes.programme_detail, name="detail"),
    path("<int:pk>/edit/", programmes.programme_edit, name="edit"),
    path("<int:pk>/leads/", programmes.programme_leads, name="leads"),
    path("<int:pk>/try/", programmes.programme_try, name="try"),
    path("<int:pk>/state/", programmes.programme_state, name="state"),
    path("<int:pk>/enrol/", programmes.programme_enrol, name="enrol"),
    path("<int:pk>/entering/", programmes.programme_entering, name="entering"),
    path("enrolments/<int:pk>/end/", programmes.enrolment_end, name="end"),
    path("<int:pk>/steps/<slug:kind>/new/", programme_steps.step_new, name="step_new"),
    path("steps/<int:pk>/", programme_steps.step_edit, name="step"),
    path("steps/<int:pk>/move/", programme_steps.step_move, name="step_move"),
    path("steps/<int:pk>/remove/", programme_steps.step_remove, name="step_remove"),
]
