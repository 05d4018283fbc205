"""Template tags of the interface that every page may use."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.urls import reverse
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


@register.simple_tag
def address(name: str, pk: int | str) -> str:
    """As `{% url %}` for a page that is named by one number, many times on a page."""
    return _address_around(name).format(pk)


@cache
def _address_around(name: str) -> str:
    """The address with a place for the number; it is the same until a restart."""
    return reverse(name, args=[0]).replace("/0/", "/{}/")


@register.filter
def naming(words: str, name: str) -> str:
    """The words about somebody, translated once for many: "Tick {lead}"."""
    return words.format(lead=name)
