"""Addresses under /settings/ of service levels and hours; named in `handoff`."""

from django.urls import path

from handoff.sla.views import calendars, levels

urlpatterns = [
    path("service-levels/", levels.level_list, name="sla"),
    path("service-levels/new/", levels.level_new, name="sla_level_new"),
    path("service-levels/<int:pk>/", levels.level_edit, name="sla_level"),
    path(
        "service-levels/<int:pk>/delete/", levels.level_delete, name="sla_level_delete"
    ),
    path("calendars/", calendars.calendar_list, name="sla_calendars"),
    path("calendars/new/", calendars.calendar_new, name="sla_calendars_new"),
    path("calendars/<int:pk>/", calendars.calendar_detail, name="sla_calendar"),
    path(
        "calendars/<int:pk>/delete/",
        calendars.calendar_delete,
        name="sla_calendar_delete",
    ),
    path("calendars/<int:pk>/days/", calendars.day_save, name="sla_day_save"),
    path(
        "calendars/days/<int:pk>/delete/", calendars.day_delete, name="sla_day_delete"
    ),
]
