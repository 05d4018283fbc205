"""Addresses under /settings/ of teams and absences; named in `handoff`."""

from django.urls import path

from handoff.routing import views

urlpatterns = [
    path("teams/", views.team_list, name="teams"),
    path("teams/new/", views.team_new, name="team_new"),
    path("teams/<int:pk>/", views.team_edit, name="team"),
    path("teams/reps/<int:pk>/", views.member, name="member"),
    path("teams/reps/<int:pk>/absences/", views.absence_add, name="absence_add"),
    path(
        "teams/absences/<int:pk>/delete/", views.absence_delete, name="absence_delete"
    ),
    path("absences/", views.my_absences, name="my_absences"),
]
