"""Addresses of segments."""

from django.urls import path

from leads.nurture.views import segments

app_name = "segments"
urlpatterns = [
    path("", segments.segment_list, name="list"),
    path("new/", segments.segment_new, name="new"),
    path("count/", segments.segment_count, name="count"),
    path("<int:pk>/", segments.segment_detail, name="detail"),
    path("<int:pk>/edit/", segments.segment_edit, name="edit"),
    path("<int:pk>/pick/", segments.segment_pick, name="pick"),
    path("<int:pk>/add/", segments.segment_add, name="add"),
    path("<int:pk>/remove/", segments.segment_remove, name="remove"),
    path("<int:pk>/archive/", segments.segment_archive, name="archive"),
]
