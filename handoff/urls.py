"""Addresses of the queue and the decisions, and of what sales does afterwards."""

from django.urls import include, path

from handoff.sla.views import pauses
from handoff.views import brief, decisions, many, queue

app_name = "handoff"
urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path("pool/", queue.pool, name="pool"),
    path("queue/accept/", many.accept_ticked, name="accept_ticked"),
    path("queue/undo/", many.undo, name="undo"),
    path("queue/<int:pk>/brief/", brief.brief, name="brief"),
    path("queue/<int:pk>/claim/", decisions.claim, name="claim"),
    path("queue/<int:pk>/accept/", decisions.accept, name="accept"),
    path("queue/<int:pk>/reject/", decisions.reject, name="reject"),
    path("queue/<int:pk>/withdraw/", decisions.withdraw, name="withdraw"),
    path("queue/<int:pk>/reassign/", decisions.reassign, name="reassign"),
    path("queue/<int:pk>/pause/", pauses.pause, name="pause"),
    path("queue/<int:pk>/resume/", pauses.resume, name="resume"),
    path("", include("handoff.selling.urls")),
    path("settings/", include("handoff.routing.urls")),
    path("settings/", include("handoff.sla.urls")),
    path("", include("handoff.desk.urls")),
    path("", include("handoff.inquiries.urls")),
    path("feedback/", include("handoff.feedback.urls")),
]
