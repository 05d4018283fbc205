"""Building forms: their settings, their questions, and when they are open."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from leads.capture.hosted import fields
from leads.capture.hosted.choices import Control
from leads.capture.models import FormField, HostedForm
from leads.choices import ActivityKind
from leads.models import User
from leads.particulars import tidy_source

MOST_FIELDS = 30
LONGEST_SLUG = 60
# What is copied, and what the settings page writes.
SETTINGS = (
    "name",
    "slug",
    "heading",
    "introduction",
    "button",
    "kind",
    "source",
    "campaign",
    "consent_text",
    "is_consent_required",
    "is_double_opt_in",
    "thanks",
    "redirect_url",
    "sites",
)
# The questions of a new form.
FIRST_FIELDS = ("first_name", "last_name", fields.EMAIL, "company")


class BuildingError(Exception):
    """A form cannot be built so; the message says why, the field where."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Question:
    """One field of a form, as the page asks for it."""

    name: str
    label: str
    help_text: str = ""
    control: Control = Control.LINE
    choices: Sequence[str] = field(default_factory=list)
    is_required: bool = False


@transaction.atomic
def create(
    *, name: str, kind: ActivityKind, actor: User | None, now: datetime
) -> HostedForm:
    """Make a form with the usual questions, not published yet."""
    form = HostedForm(
        name=name,
        slug=_free_slug(name),
        key=secrets.token_hex(16),
        heading=name,
        button=_("Send"),
        kind=kind,
        source="website",
        thanks=_("Thank you. We will be in touch soon."),
        is_consent_required=False,
        is_double_opt_in=False,
        created_by=actor,
        created_at=now,
    )
    form.save()
    FormField.objects.bulk_create(
        FormField(
            form=form,
            name=known,
            label=str(fields.KNOWN[known].label),
            is_required=known == fields.EMAIL,
            position=place,
        )
        for place, known in enumerate(FIRST_FIELDS, start=1)
    )
    return form


@transaction.atomic
def save_settings(*, form: HostedForm, said: dict[str, Any]) -> HostedForm:
    """Write the fields of `SETTINGS`. Another consent text is another version of it.

    Raises:
        BuildingError: another form has this address.
    """
    before = HostedForm.objects.select_for_update().get(pk=form.pk)
    for name in SETTINGS:
        setattr(form, name, said[name])
    form.source = tidy_source(form.source)
    form.consent_version = before.consent_version
    if form.consent_text and form.consent_text != before.consent_text:
        form.consent_version += 1
    try:
        with transaction.atomic():
            form.save(update_fields=[*SETTINGS, "consent_version"])
    except IntegrityError as error:
        taken = _("Another form has this address.")
        raise BuildingError(taken, field="slug") from error
    return form


@transaction.atomic
def copy(*, form: HostedForm, actor: User, now: datetime) -> HostedForm:
    """A form like this one, with a key and an address of its own, not published."""
    name = _("Copy of {name}").format(name=form.name)[:100]
    made = HostedForm(
        **{each: getattr(form, each) for each in SETTINGS},
        key=secrets.token_hex(16),
        consent_version=1 if form.consent_text else 0,
        created_by=actor,
        created_at=now,
    )
    made.name, made.slug = name, _free_slug(form.slug)
    made.save()
    questions = list(form.fields.all())
    for question in questions:
        question.pk, question.form = None, made
    FormField.objects.bulk_create(questions)
    return made


def publish(*, form: HostedForm, now: datetime) -> bool:
    """Open the form to everybody; False where it was open."""
    closed = HostedForm.objects.filter(pk=form.pk, published_at=None, archived_at=None)
    return bool(closed.update(published_at=now))


def unpublish(*, form: HostedForm) -> bool:
    """Close the form; its page is not found from then on."""
    published = HostedForm.objects.filter(pk=form.pk, published_at__isnull=False)
    return bool(published.update(published_at=None))


def archive(*, form: HostedForm, now: datetime) -> bool:
    """Put the form away, and close it. What it brought stays."""
    kept = HostedForm.objects.filter(pk=form.pk, archived_at=None)
    return bool(kept.update(archived_at=now, published_at=None))


def restore(*, form: HostedForm) -> bool:
    """Take the form out of the archive, closed as it is."""
    archived = HostedForm.objects.filter(pk=form.pk, archived_at__isnull=False)
    return bool(archived.update(archived_at=None))


@transaction.atomic
def add_field(*, form: HostedForm, question: Question) -> FormField:
    """Ask one more question, as the last one.

    Raises:
        BuildingError: the form asks it already, or asks very much.
    """
    _lock(form)
    count = form.fields.count()
    if count >= MOST_FIELDS:
        text = _("A form has at most {count} questions.")
        raise BuildingError(text.format(count=MOST_FIELDS))
    if form.fields.filter(name=question.name).exists():
        raise BuildingError(_("The form asks this already."), field="label")
    last = form.fields.aggregate(last=Max("position"))["last"] or 0
    return FormField.objects.create(form=form, position=last + 1, **_written(question))


def change_field(*, field: FormField, question: Question) -> None:
    """Word a question anew; what it fills stays."""
    written = _written(question)
    del written["name"]
    if field.name == fields.EMAIL:
        written["is_required"] = True
    FormField.objects.filter(pk=field.pk).update(**written)


@transaction.atomic
def move_field(*, field: FormField, to: int) -> None:
    """Put a question into this place, counted from 1."""
    _lock(field.form)
    pks = [*field.form.fields.values_list("pk", flat=True)]
    if field.pk in pks:
        pks.remove(field.pk)
        pks.insert(max(to - 1, 0), field.pk)
    for place, pk in enumerate(pks, start=1):
        FormField.objects.filter(pk=pk).update(position=place)


@transaction.atomic
def remove_field(*, field: FormField) -> None:
    """Ask a question no more; what was answered stays with the submissions.

    Raises:
        BuildingError: it is the address, without which nobody is known.
    """
    if field.name == fields.EMAIL:
        raise BuildingError(_("A form needs the e-mail address."))
    _lock(field.form)
    field.form.fields.filter(position__gt=field.position).update(
        position=F("position") - 1
    )
    field.form.fields.filter(pk=field.pk).delete()


def _written(question: Question) -> dict[str, Any]:
    is_choice = question.control == Control.CHOICE
    return {
        "name": question.name,
        "label": question.label,
        "help_text": question.help_text,
        "control": question.control,
        "choices": list(question.choices) if is_choice else [],
        "is_required": question.is_required or question.name == fields.EMAIL,
    }


def _lock(form: HostedForm) -> None:
    """Let two who change the questions of a form do it one after the other."""
    list(HostedForm.objects.select_for_update().filter(pk=form.pk).values_list("pk"))


def _free_slug(wanted: str) -> str:
    """An address of these words that no form has yet."""
    base = slugify(wanted)[: LONGEST_SLUG - 4].strip("-") or "form"
    taken = set(
        HostedForm.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in [base, *numbered] if slug not in taken)
