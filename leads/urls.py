"""Addresses of the pages about leads."""

from django.urls import path

from leads.views import (
    accounts,
    campaigns,
    duplicates,
    lead_list,
    lead_page,
    moves,
    news,
    privacy,
    saved_views,
    score,
)

app_name = "leads"
urlpatterns = [
    path("leads/", lead_list.lead_list, name="list"),
    path("leads/new/", lead_page.lead_form, name="new"),
    path("views/", saved_views.saved_view_list, name="saved-views"),
    path("views/new/", saved_views.save_view, name="save-view"),
    path("views/<int:pk>/", saved_views.change_view, name="saved-view"),
    path("leads/<int:pk>/", lead_page.lead_detail, name="detail"),
    path("leads/<int:pk>/edit/", lead_page.lead_form, name="edit"),
    path("leads/<int:pk>/activities/", lead_page.earlier, name="activities"),
    path("leads/<int:pk>/activities/judge/", score.judge, name="judge"),
    path("leads/<int:pk>/score/", score.score_at, name="score"),
    path("leads/<int:pk>/log/", lead_page.log_activity, name="log"),
    path("leads/<int:pk>/move/", moves.move_lead, name="move"),
    path("leads/<int:pk>/move/undo/", moves.undo_move, name="undo-move"),
    path("leads/<int:pk>/release/", moves.release_lead, name="release"),
    path("notifications/", news.notification_list, name="notifications"),
    path("notifications/bell/", news.bell, name="notification_bell"),
    path("notifications/read/", news.read_all, name="notifications_read"),
    path("notifications/<int:pk>/", news.open_notification, name="notification"),
    path(
        "notifications/preferences/", news.preferences, name="notification_preferences"
    ),
    path("leads/<int:pk>/wish/", privacy.note_wish, name="wish"),
    path("leads/<int:pk>/export/", privacy.export_lead, name="export"),
    path("leads/<int:pk>/erase/", privacy.erase_lead, name="erase"),
    path("duplicates/", duplicates.duplicate_list, name="duplicates"),
    path(
        "duplicates/<int:kept>/<int:merged>/",
        duplicates.duplicate_review,
        name="duplicate",
    ),
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/new/", campaigns.campaign_new, name="campaigns_new"),
    path("campaigns/<int:pk>/", campaigns.campaign_detail, name="campaigns_one"),
    path("campaigns/<int:pk>/edit/", campaigns.campaign_edit, name="campaigns_edit"),
    path("campaigns/<int:pk>/put/", campaigns.campaign_put, name="campaigns_put"),
    path("accounts/", accounts.account_list, name="accounts"),
    path("accounts/<int:pk>/", accounts.account_detail, name="account"),
    path("accounts/<int:pk>/edit/", accounts.account_edit, name="account-edit"),
    path("accounts/<int:pk>/merge/", accounts.account_merge, name="account-merge"),
]
