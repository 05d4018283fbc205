"""Writing templates of mails."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from leads.models import User
from leads.nurture.mail import markup
from leads.nurture.mail.markup import MarkupError
from leads.nurture.models import MailTemplate, MailWords
from leads.text import name_key

WORDS = ("subject", "preheader", "body")
SETTINGS = ("name", *WORDS, "is_promotional")


class DraftingError(Exception):
    """The template cannot be saved like this; `field` is where, the message why."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@transaction.atomic
def save(
    *,
    template: MailTemplate | None,
    said: Mapping[str, Any],
    actor: User | None,
    now: datetime,
) -> MailTemplate:
    """Write a template, or a new one where there is none yet.

    Raises:
        DraftingError: a field that is unknown, a link that is none, a name taken.
    """
    for field in WORDS:
        try:
            markup.check(said[field])
        except MarkupError as error:
            raise DraftingError(field, str(error)) from error
    saved = template or MailTemplate(created_by=actor, created_at=now)
    for field in SETTINGS:
        setattr(saved, field, said[field])
    saved.name_key = name_key(saved.name)
    saved.changed_by, saved.changed_at = actor, now
    written = [*SETTINGS, "name_key", "changed_by", "changed_at"]
    try:
        with transaction.atomic():
            saved.save(update_fields=written if template else None)
    except IntegrityError as error:
        raise DraftingError("name", _("Another template has this name.")) from error
    return saved


def words_of(*, template: MailTemplate, now: datetime) -> MailWords:
    """What the template says now, kept for whoever asks later what was sent."""
    said = {field: getattr(template, field) for field in WORDS}
    text = json.dumps(said, sort_keys=True)
    words, _is_new = MailWords.objects.get_or_create(
        template=template,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        defaults={**said, "first_sent_at": now},
    )
    return words


def archive(*, template: MailTemplate, is_off: bool, now: datetime) -> None:
    """Put the template away, or with `is_off` take it back out."""
    there = MailTemplate.objects.filter(pk=template.pk)
    there.update(archived_at=None if is_off else now)
