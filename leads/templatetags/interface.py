"""Template tags of the interface that every page may use."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


# A page shows more than a hundred; where the file lies is the same until a restart.
@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """The icon of that name, hidden from screen readers: the text beside it speaks."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("vendor/lucide.svg"),
        name,
    )
