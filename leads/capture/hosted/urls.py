"""Addresses of the pages on which marketers build forms and read what they bring."""

from django.urls import path

from leads.capture.hosted.views import builder, questions, submissions

app_name = "forms"
urlpatterns = [
    path("", builder.form_list, name="list"),
    path("new/", builder.form_new, name="new"),
    path("<int:pk>/", questions.form_detail, name="detail"),
    path("<int:pk>/settings/", builder.form_settings, name="settings"),
    path("<int:pk>/embed/", builder.form_embed, name="share"),
    path("<int:pk>/preview/", builder.form_preview, name="preview"),
    path("<int:pk>/publish/", builder.form_publish, name="publish"),
    path("<int:pk>/archive/", builder.form_archive, name="archive"),
    path("<int:pk>/copy/", builder.form_copy, name="copy"),
    path("<int:pk>/questions/new/", questions.question_new, name="question_new"),
    path("<int:pk>/questions/add/", questions.question_add, name="question_add"),
    path("questions/<int:pk>/", questions.question_edit, name="question"),
    path("questions/<int:pk>/move/", questions.question_move, name="question_move"),
    path(
        "questions/<int:pk>/remove/", questions.question_remove, name="question_remove"
    ),
    path("<int:pk>/submissions/", submissions.submission_list, name="submissions"),
    path("submissions/<int:pk>/not-spam/", submissions.not_spam, name="not_spam"),
    path("submissions/<int:pk>/send-again/", submissions.send_again, name="send_again"),
]
