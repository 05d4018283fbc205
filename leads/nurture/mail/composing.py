"""Making a mail out of a template and a lead: HTML with its style inside, and text."""

from collections.abc import Mapping
from dataclasses import dataclass

import css_inline
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from leads.models import Lead
from leads.nurture.mail import links, markup
from leads.nurture.mail.markup import Filling
from leads.nurture.models import Mail, MailTemplate, MailWords

# At-rules stay: the dark colours are in one. Nothing is fetched from anywhere.
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
DARK = "(prefers-color-scheme: dark)"


@dataclass(frozen=True)
class Composed:
    """A mail as its reader gets it."""

    subject: str
    text: str
    html: str


def values_of(lead: Lead) -> dict[str, str]:
    """What the fields of a template become for this lead."""
    owner = lead.standing.owner
    return {
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "name": f"{lead.first_name} {lead.last_name}".strip(),
        "email": lead.email,
        "company": lead.account.name if lead.account else "",
        "title": lead.title,
        "country": lead.country,
        "owner_name": owner.name if owner else "",
        "owner_email": owner.email if owner else "",
    }


def used_values(*, words: MailWords, lead: Lead) -> dict[str, str]:
    """Those of them that the words fill in, to be kept with the mail."""
    used = markup.fields("\n".join((words.subject, words.preheader, words.body)))
    return {name: value for name, value in values_of(lead).items() if name in used}


def preview(*, template: MailTemplate, lead: Lead) -> Composed:
    """The mail as this lead would get it today; its links are not followed."""
    return _compose(template, values_of(lead), None)


def shown(mail: Mail) -> Composed:
    """A mail of the outbox: exactly as it was sent, or as it would be sent today.

    Its links are not followed, so that nobody who looks at it unsubscribes.
    """
    values = mail.filled if mail.words else values_of(mail.lead)
    return _compose(mail.said, values, None)


def message(*, mail: Mail) -> EmailMultiAlternatives:
    """The mail of a row that was begun, ready to send."""
    composed = _compose(mail.said, mail.filled, mail)
    made = EmailMultiAlternatives(
        subject=composed.subject,
        body=composed.text,
        to=[mail.sent_to or mail.address],
        headers={
            "Message-ID": links.message_id(mail),
            "List-Unsubscribe": f"<{links.preferences(mail)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    made.attach_alternative(composed.html, "text/html")
    return made


def _compose(
    said: MailTemplate | MailWords, values: Mapping[str, str], mail: Mail | None
) -> Composed:
    filling = Filling(values, _link(mail))
    preferences = links.preferences(mail) if mail else "#"
    context = {
        "subject": _line(filling.words(said.subject)),
        "preheader": _line(filling.words(said.preheader)),
        "body": markup.html(said.body, filling),
        "preferences": preferences,
        "pixel": links.pixel(mail) if mail else "",
        "sender": _("You get this because you left us your address."),
    }
    text = markup.plain(said.body, filling)
    foot = _("To get no more of these: {address}").format(address=preferences)
    return Composed(
        subject=context["subject"],
        text=f"{text}\n\n--\n{foot}\n",
        html=_INLINER.inline(render_to_string("mail/message.html", context)),
    )


def in_colours(html: str, *, is_dark: bool) -> str:
    """The HTML as a reader with dark, or with light colours sees it."""
    return html.replace(DARK, "all" if is_dark else "not all")


def _link(mail: Mail | None) -> markup.Link:
    if mail is None:
        return lambda url: url
    return lambda url: links.click(mail, url)


def _line(text: str) -> str:
    return " ".join(text.split())
