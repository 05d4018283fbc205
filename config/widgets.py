"""Form fields that the library draws too slowly."""

from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


class LongSelect(forms.Select):
    """A select of many options, without groups; as the library's own draws it.

    That one takes two templates an option, with forty reps a tenth of a page's time.
    """

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        chosen = set(self.format_value(value))
        options = (
            (key, _SELECTED if str(key) in chosen else "", label)
            for key, label in self.choices
        )
        own = self.build_attrs(self.attrs, attrs)
        return format_html(
            "<select{}>{}</select>",
            flatatt({"name": name, **own}),
            format_html_join("\n", '<option value="{}"{}>{}</option>', options),
        )


_SELECTED = mark_safe(" selected")
