"""The one filter of leads: list, board and drill-downs share it."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import QuerySet
from django.forms import TextInput
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from leads import filter_options
from leads.choices import GRADES, Stage
from leads.filter_options import Options
from leads.models import Lead
from leads.querysets import LeadQuerySet

Choices = list[tuple[str, str | Promise]]

NO_SOURCE = "none"
NOBODY = "nobody"
# What stands in an address beside the filter, and stays when a filter goes.
BESIDE = ("sort", "bands")


@dataclass(frozen=True)
class Chip:
    """One filter that is set, in words, and the query of an address without it."""

    label: str
    value: str
    query: str


class LeadFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Filters leads by what the address says; unknown names are left out."""

    q = django_filters.CharFilter(
        label=_("Search"),
        method="filter_words",
        max_length=200,
        widget=TextInput(
            attrs={"type": "search", "placeholder": _("Name, company, e-mail…")}
        ),
    )
    stage = django_filters.ChoiceFilter(
        label=_("Stage"),
        field_name="standing__stage",
        choices=Stage.choices,
        empty_label=_("Any stage"),
    )
    source = django_filters.ChoiceFilter(
        label=_("Source"), method="filter_source", empty_label=_("Any source")
    )
    owner = django_filters.ChoiceFilter(
        label=_("Owner"), method="filter_owner", empty_label=_("Anyone")
    )
    grade = django_filters.ChoiceFilter(
        label=_("Grade"),
        field_name="standing__grade",
        lookup_expr="gte",
        empty_label=_("Any grade"),
        choices=[
            (index, _("{letter} or better").format(letter=letter))
            for index, letter in enumerate(GRADES)
            if letter in {"A", "B", "C", "D"}
        ],
    )
    campaign = django_filters.ChoiceFilter(
        label=_("Campaign"), empty_label=_("Any campaign")
    )
    tags = django_filters.ChoiceFilter(label=_("Tag"), empty_label=_("Any tag"))

    class Meta:
        model = Lead
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "owner", "campaign", "tags"):
            self.filters[name].extra["choices"] = partial(self._choices_of, name)

    @cached_property
    def _options(self) -> Options:
        return filter_options.load()

    def _choices_of(self, name: str) -> Choices:
        found: Choices = getattr(self._options, name)
        if name == "source":
            return [(NO_SOURCE, _("no source")), *found]
        return [(NOBODY, _("Nobody")), *found] if name == "owner" else found

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set, so that "none" can say "none matches"."""
        return any(self.form.data.get(name) for name in self.filters)

    @property
    def chips(self) -> list[Chip]:
        """What narrows the leads, each with the query that does without it."""
        wanted = self._wanted
        beside = {name: self.data[name] for name in BESIDE if self.data.get(name)}
        kept = wanted | beside
        return [
            Chip(
                label=str(self.form.fields[name].label or name),
                value=self._in_words(name),
                query=urlencode({key: kept[key] for key in kept if key != name}),
            )
            for name in wanted
        ]

    @property
    def query(self) -> str:
        """What narrows the leads, as the query of an address; nothing else is kept."""
        return urlencode(self._wanted)

    @property
    def _wanted(self) -> dict[str, str]:
        """What the address says of the filters that it sets to something known."""
        self.form.is_valid()
        cleaned = self.form.cleaned_data
        return {name: self.form.data[name] for name in cleaned if cleaned[name]}

    def _in_words(self, name: str) -> str:
        """The value as the form's list calls it, or else as it was typed."""
        choices = getattr(self.form.fields[name], "choices", ())
        labels = {str(key): label for key, label in choices}
        typed = str(self.form.data[name])
        return str(labels.get(typed, typed))

    def filter_words(
        self, queryset: LeadQuerySet, name: str, value: str
    ) -> LeadQuerySet:
        return queryset.matching(value)

    def filter_source(
        self, queryset: QuerySet[Lead], name: str, value: str
    ) -> QuerySet[Lead]:
        names = ["", NO_SOURCE] if value == NO_SOURCE else [value]
        return queryset.filter(source__in=names)

    def filter_owner(
        self, queryset: QuerySet[Lead], name: str, value: str
    ) -> QuerySet[Lead]:
        owner = None if value == NOBODY else int(value)
        return queryset.filter(standing__owner=owner)


class BoardFilter(LeadFilter):
    """The same filter without the stage, which the columns show."""

    stage = None
