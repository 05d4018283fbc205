"""Addresses of what sales does with an accepted lead; named in `handoff`."""

from django.urls import path

from handoff.selling.views import (
    contacts,
    conversations,
    deal_list,
    deal_reasons,
    deals,
    giving_back,
    meetings,
    qualification,
    tasks,
)

urlpatterns = [
    path("leads/<int:pk>/give-back/", giving_back.give_back, name="give_back"),
    path("leads/<int:pk>/disqualify/", giving_back.disqualify, name="disqualify"),
    path("leads/<int:pk>/contact/", contacts.contact, name="contact"),
    path("leads/<int:pk>/tasks/new/", tasks.task_new, name="task_new"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<int:pk>/edit/", tasks.task_edit, name="task_edit"),
    path("tasks/<int:pk>/done/", tasks.task_complete, name="task_complete"),
    path("tasks/<int:pk>/cancel/", tasks.task_cancel, name="task_cancel"),
    path("tasks/<int:pk>/later/", tasks.task_postpone, name="task_postpone"),
    path("tasks/<int:pk>/take-up/", tasks.task_take_up, name="task_take_up"),
    path("leads/<int:pk>/qualification/", qualification.sheet, name="qualification"),
    path(
        "leads/<int:pk>/qualification/<str:question>/",
        qualification.answer,
        name="answer",
    ),
    path("leads/<int:pk>/meetings/new/", meetings.meeting_new, name="meeting_new"),
    path("meetings/<int:pk>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/cancel/", meetings.meeting_cancel, name="meeting_cancel"),
    path("meetings/<int:pk>/outcome/", meetings.meeting_settle, name="meeting_settle"),
    path(
        "meetings/<int:pk>/send-again/",
        meetings.meeting_send_again,
        name="meeting_send_again",
    ),
    path(
        "meetings/<int:pk>/invitation.ics", meetings.meeting_file, name="meeting_file"
    ),
    path(
        "leads/<int:pk>/people/<int:person_pk>/in/",
        conversations.take_in,
        name="take_in",
    ),
    path(
        "leads/<int:pk>/people/<int:person_pk>/out/",
        conversations.take_out,
        name="take_out",
    ),
    path("leads/<int:pk>/deals/new/", deals.deal_open, name="deal_open"),
    path("deals/", deal_list.deals, name="deals"),
    path("deals/<int:pk>/", deals.deal_detail, name="deal"),
    path("deals/<int:pk>/edit/", deals.deal_edit, name="deal_edit"),
    path("deals/<int:pk>/move/", deals.deal_move, name="deal_move"),
    path("deals/<int:pk>/win/", deals.deal_win, name="deal_win"),
    path("deals/<int:pk>/lose/", deals.deal_lose, name="deal_lose"),
    path("deals/<int:pk>/reopen/", deals.deal_reopen, name="deal_reopen"),
    path(
        "settings/reasons/deals/<str:end>/",
        deal_reasons.reason_list,
        name="reasons_of_deals",
    ),
    path(
        "settings/reasons/deals/<str:end>/new/",
        deal_reasons.reason_new,
        name="reasons_of_deals_new",
    ),
    path(
        "settings/reasons/deal/<int:pk>/",
        deal_reasons.reason_edit,
        name="reasons_of_deals_edit",
    ),
    path(
        "settings/reasons/deal/<int:pk>/move/",
        deal_reasons.move,
        name="reasons_of_deals_move",
    ),
    path(
        "settings/reasons/deal/<int:pk>/use/",
        deal_reasons.use,
        name="reasons_of_deals_use",
    ),
]
