"""The text of a mail: a few marks, and fields to fill in. Plain values in and out.

A paragraph is a heading (`# `, `## `), a list (`- `), a line (`---`), a button (a link
by itself) or text with `**bold**`, `*slanted*`, `[words](https://…)` and fields such as
`{{ first_name | there }}`. Everything else is text: no HTML of anybody gets through.
Fields are filled in after the marks are read, so a name cannot hold a mark.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What may be filled in; no other name reaches the lead.
FIELDS: dict[str, str | Promise] = {
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "name": gettext_lazy("full name"),
    "email": gettext_lazy("e-mail"),
    "company": gettext_lazy("company"),
    "title": gettext_lazy("job title"),
    "country": gettext_lazy("country"),
    "owner_name": gettext_lazy("name of the rep"),
    "owner_email": gettext_lazy("e-mail of the rep"),
}
MOST_LINKS = 50
BREAK = format_html("<{}>", "br")
LONGEST_LINK = 1_000
_FIELD = re.compile(r"\{\{\s*([^{}|]*?)\s*(?:\|\s*([^{}]*?)\s*)?\}\}")
_MARK = re.compile(
    r"\[(?P<words>[^\[\]\n]{1,200})\]\((?P<url>[^()\s]{1,1100})\)"
    r"|\*\*(?P<bold>[^*\n]{1,500})\*\*"
    r"|\*(?P<slanted>[^*\n]{1,500})\*"
)
_LONE_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(([^()\s]{1,1100})\)")

# Turns the address of a link into the one that the mail carries.
Link = Callable[[str], str]


class MarkupError(Exception):
    """The text cannot be a mail; the message says why."""


@dataclass(frozen=True)
class Filling:
    """Values of the fields, and what becomes of links."""

    values: Mapping[str, str]
    link: Link

    def words(self, text: str) -> str:
        """The text with its fields filled in; an empty one becomes its fallback."""
        return _FIELD.sub(
            lambda found: self.values.get(found[1], "") or found[2] or "", text
        )


def check(text: str) -> None:
    """Refuse fields and links that could not be filled in.

    Raises:
        MarkupError: with the first of them.
    """
    for found in _FIELD.finditer(text):
        if found[1] not in FIELDS:
            message = _("There is no field “{name}”. There are: {known}.")
            known = ", ".join(FIELDS)
            raise MarkupError(message.format(name=found[1][:50], known=known))
    rest = _FIELD.sub("", text)
    if "{{" in rest or "}}" in rest:
        message = _("A field is written like {example}.")
        raise MarkupError(message.format(example="{{ first_name | there }}"))
    addresses = links(text)
    if len(addresses) > MOST_LINKS:
        raise MarkupError(_("At most {most} links.").format(most=MOST_LINKS))
    for address in addresses:
        _check_link(address)


def fields(text: str) -> set[str]:
    """The names of the fields that it fills in."""
    return {found[1] for found in _FIELD.finditer(text)}


def alike(text: str) -> str:
    """One line as it is for whoever has no particulars: the same for every lead."""
    return " ".join(Filling({}, lambda url: url).words(text).split())


def links(text: str) -> list[str]:
    """The addresses of all links, in their order."""
    return [found["url"] for found in _MARK.finditer(text) if found["url"]]


def html(text: str, filling: Filling) -> SafeString:
    """The text as HTML; everything that is no mark is escaped."""
    blocks = [(_block(block, filling),) for block in _blocks(text)]
    return format_html_join("\n", "{}", blocks)


def plain(text: str, filling: Filling) -> str:
    """The text for readers without HTML; links follow their words."""

    def written(found: re.Match[str]) -> str:
        if found["url"]:
            return f"{found['words']}: {filling.link(found['url'])}"
        return found["bold"] or found["slanted"]

    paragraphs = []
    for block in _blocks(text):
        bare = re.sub(r"^#{1,2} ", "", block)
        paragraphs.append(filling.words(_MARK.sub(written, bare)))
    return "\n\n".join(paragraphs)


def _blocks(text: str) -> Iterator[str]:
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    for block in re.split(r"\n[ \t]*\n", whole):
        if block.strip():
            yield block.strip()


def _block(block: str, filling: Filling) -> SafeString:
    if block == "---":
        return format_html("<{}>", "hr")
    for mark, tag in (("# ", "h1"), ("## ", "h2")):
        if block.startswith(mark):
            words = _inline(block.removeprefix(mark), filling)
            return format_html("<{}>{}</{}>", tag, words, tag)
    lines = block.split("\n")
    if all(line.startswith("- ") for line in lines):
        items = [(_inline(line[2:], filling),) for line in lines]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items))
    if lone := _LONE_LINK.fullmatch(block):
        button = '<p><a class="button" href="{}">{}</a></p>'
        return format_html(button, filling.link(lone[2]), filling.words(lone[1]))
    broken = [(_inline(line, filling),) for line in lines]
    return format_html("<p>{}</p>", format_html_join(BREAK, "{}", broken))


def _inline(text: str, filling: Filling) -> SafeString:
    parts: list[tuple[SafeString | str]] = []
    at = 0
    for found in _MARK.finditer(text):
        parts.append((filling.words(text[at : found.start()]),))
        parts.append((_marked(found, filling),))
        at = found.end()
    parts.append((filling.words(text[at:]),))
    return format_html_join("", "{}", parts)


def _marked(found: re.Match[str], filling: Filling) -> SafeString:
    if found["url"]:
        words = filling.words(found["words"])
        return format_html('<a href="{}">{}</a>', filling.link(found["url"]), words)
    tag = "strong" if found["bold"] else "em"
    words = filling.words(found["bold"] or found["slanted"])
    return format_html("<{}>{}</{}>", tag, words, tag)


def _check_link(address: str) -> None:
    shown = address[:100]
    if "{{" in address or "}}" in address:
        raise MarkupError(_("A link holds no field: {link}").format(link=shown))
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_bare = parts.username is None and parts.password is None
    except ValueError:
        is_web = is_bare = False
    if not is_web or not is_bare or len(address) > LONGEST_LINK:
        message = _("A link leads to https://… or http://…: {link}")
        raise MarkupError(message.format(link=shown))
    if any(char in address for char in "\"'<>\\`") or not address.isprintable():
        message = _("A link holds a character that it must not: {link}")
        raise MarkupError(message.format(link=shown))
