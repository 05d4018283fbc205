"""Addresses of what sales does with an accepted lead; named in `handoff`."""

from django.urls import path

from handoff.selling.views import contacts, deal_list, deals, giving_back, tasks

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
    path("leads/<int:pk>/deals/new/", deals.deal_open, name="deal_open"),
    path("deals/", deal_list.deals, name="deals"),
    path("deals/<int:pk>/", deals.deal_detail, name="deal"),
    path("deals/<int:pk>/edit/", deals.deal_edit, name="deal_edit"),
    path("deals/<int:pk>/move/", deals.deal_move, name="deal_move"),
    path("deals/<int:pk>/win/", deals.deal_win, name="deal_win"),
    path("deals/<int:pk>/lose/", deals.deal_lose, name="deal_lose"),
    path("deals/<int:pk>/reopen/", deals.deal_reopen, name="deal_reopen"),
]
