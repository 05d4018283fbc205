"""Addresses of the managers' desk and of the reasons; named in `handoff`."""

from django.urls import path

from handoff.desk.views import desk, reasons, sharing, working

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/<int:pk>/cover/", desk.cover, name="desk_cover"),
    path("desk/<int:pk>/presence/", desk.presence, name="desk_presence"),
    path("desk/reassign/", sharing.reassign_many, name="desk_reassign"),
    path(
        "desk/reassign/<uuid:batch>/undo/",
        sharing.reassign_undo,
        name="desk_reassign_undo",
    ),
    path("desk/leads/", working.give_many, name="desk_give"),
    path("desk/leads/<int:pk>/", working.give_one, name="desk_give_one"),
    path("settings/reasons/", reasons.reason_list, name="reasons"),
    path("settings/reasons/new/", reasons.reason_form, name="reasons_new"),
    path("settings/reasons/<int:pk>/", reasons.reason_form, name="reasons_edit"),
    path("settings/reasons/<int:pk>/move/", reasons.move, name="reasons_move"),
    path("settings/reasons/<int:pk>/use/", reasons.use, name="reasons_use"),
]
