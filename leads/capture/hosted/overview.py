"""What the pages of marketers show of forms: counts, and what fills which field."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from leads.capture.hosted import fields
from leads.capture.hosted.choices import Box
from leads.capture.models import FormField, HostedForm, Submission


@dataclass(frozen=True)
class Counts:
    """How many submissions lie where."""

    counted: int = 0
    waiting: int = 0
    spam: int = 0

    @property
    def total(self) -> int:
        return self.counted + self.waiting + self.spam


@dataclass(frozen=True)
class Row:
    """One form of the list. latest_at: of its latest submission that is no spam."""

    form: HostedForm
    counts: Counts
    latest_at: datetime | None


def rows(*, are_archived: bool) -> list[Row]:
    """The forms by name, each with its counts."""
    shown = HostedForm.objects.filter(archived_at__isnull=not are_archived)
    counted = {
        box.value: Count("submissions", filter=Q(submissions__box=box)) for box in Box
    }
    latest = Max("submissions__received_at", filter=~Q(submissions__box=Box.SPAM))
    found = shown.select_related("campaign").annotate(**counted, latest=latest)
    return [
        Row(form, Counts(form.counted, form.waiting, form.spam), form.latest)  # type: ignore[attr-defined]
        for form in found
    ]


def counts(form: HostedForm) -> Counts:
    """The counts of one form."""
    by_box = dict(
        Submission.objects.filter(form=form)
        .order_by()
        .values_list("box")
        .annotate(Count("pk"))
    )
    return Counts(**{box: by_box.get(box, 0) for box in Box.values})


def filled(field: FormField) -> str:
    """What the answer fills, in words."""
    if fields.is_custom(field.name):
        key = field.name.removeprefix(fields.CUSTOM)
        return _("Custom field “{key}”").format(key=key)
    return str(fields.KNOWN[field.name].label)


def left_over(form: HostedForm) -> list[tuple[str, str]]:
    """Name and label of the fields of a lead that the form does not ask for."""
    asked = {field.name for field in form.fields.all()}
    return [
        (name, str(known.label))
        for name, known in fields.KNOWN.items()
        if name not in asked
    ]
