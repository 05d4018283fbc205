"""Addresses of the routing plan, below /routing/."""

from django.urls import path

from handoff.routing.plans.views import editor, rules, versions

app_name = "routing"
urlpatterns = [
    path("", versions.plan_list, name="list"),
    path("new/", versions.plan_create, name="create"),
    path("<int:version>/", editor.plan_detail, name="detail"),
    path("<int:version>/activate/", versions.plan_activate, name="activate"),
    path("<int:version>/compare/", versions.plan_compare, name="compare"),
    path("<int:version>/discard/", versions.plan_discard, name="discard"),
    path("<int:version>/trial/", editor.plan_trial, name="trial"),
    path("<int:version>/replay/", editor.plan_replay, name="replay"),
    path("<int:version>/settings/", editor.plan_settings, name="settings"),
    path("<int:version>/history/<int:pk>/", editor.put_back, name="put_back"),
    path("<int:version>/rules/new/", rules.rule_add, name="rule_add"),
    path("<int:version>/rules/<int:pk>/", rules.rule_edit, name="rule_edit"),
    path("<int:version>/rules/<int:pk>/switch/", rules.rule_switch, name="rule_switch"),
    path("<int:version>/rules/<int:pk>/place/", rules.rule_place, name="rule_place"),
    path("<int:version>/rules/<int:pk>/remove/", rules.rule_remove, name="rule_remove"),
]
