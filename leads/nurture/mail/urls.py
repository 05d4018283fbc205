"""Addresses of templates, the outbox and the addresses that get no mail."""

from django.urls import path

from leads.nurture.views import mail_templates, outbox, suppressions

app_name = "mail"
urlpatterns = [
    path("templates/", mail_templates.template_list, name="templates"),
    path("templates/new/", mail_templates.template_new, name="template_new"),
    path("templates/<int:pk>/", mail_templates.template_edit, name="template"),
    path("templates/<int:pk>/preview/", mail_templates.preview, name="preview"),
    path("templates/<int:pk>/frame/", mail_templates.frame, name="frame"),
    path("templates/<int:pk>/send/", mail_templates.send, name="send"),
    path("templates/<int:pk>/archive/", mail_templates.archive, name="archive"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:pk>/", outbox.mail_detail, name="detail"),
    path("outbox/<int:pk>/frame/", outbox.frame, name="mail_frame"),
    path("outbox/<int:pk>/decide/", outbox.decide, name="decide"),
    path("suppressed/", suppressions.suppressed, name="suppressed"),
    path("suppressed/<int:pk>/lift/", suppressions.lift, name="lift"),
]
