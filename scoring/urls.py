"""Addresses of the scoring models, below /scoring/."""

from django.urls import path, register_converter

from scoring.views import editor, lines, versions


class PartConverter:
    """The two parts of a model that are lists of lines."""

    regex = "rules|criteria"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PartConverter, "part")

app_name = "scoring"
urlpatterns = [
    path("", versions.model_list, name="list"),
    path("new/", versions.model_create, name="create"),
    path("<int:version>/", editor.model_detail, name="detail"),
    path("<int:version>/activate/", versions.model_activate, name="activate"),
    path("<int:version>/compare/", versions.model_compare, name="compare"),
    path("<int:version>/discard/", versions.model_discard, name="discard"),
    path("<int:version>/preview/", versions.model_preview, name="preview"),
    path("<int:version>/usage/", editor.model_usage, name="usage"),
    path("<int:version>/trial/", editor.model_trial, name="trial"),
    path("<int:version>/gates/", editor.model_gates, name="gates"),
    path("<int:version>/settings/", editor.model_settings, name="settings"),
    path("<int:version>/history/<int:pk>/", editor.put_back, name="put_back"),
    path("<int:version>/<part:part>/new/", lines.line_add, name="line_add"),
    path("<int:version>/<part:part>/<int:pk>/", lines.line_edit, name="line_edit"),
    path(
        "<int:version>/<part:part>/<int:pk>/switch/",
        lines.line_switch,
        name="line_switch",
    ),
    path(
        "<int:version>/<part:part>/<int:pk>/place/",
        lines.line_place,
        name="line_place",
    ),
    path(
        "<int:version>/<part:part>/<int:pk>/remove/",
        lines.line_remove,
        name="line_remove",
    ),
]
