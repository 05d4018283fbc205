"""The one filter of leads: list, board and drill-downs share it."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Self
from urllib.parse import urlencode

import django_filters
from django.db.models import Q, QuerySet
from django.forms import TextInput
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from leads import filter_options
from leads.choices import GRADES, Stage
from leads.chosen import Chosen, Found
from leads.filter_options import Options
from leads.models import Lead, Standing
from leads.querysets import LeadQuerySet, indexed_words

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


class _Offered:
    """What the filters offer, asked for once: forms copy their fields, but not this."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    @cached_property
    def _options(self) -> Options:
        return filter_options.load()

    def of(self, name: str) -> Choices:
        """The values of this filter and their names."""
        found: Choices = getattr(self._options, name)
        if name == "source":
            return [(NO_SOURCE, _("no source")), *found]
        return [(NOBODY, _("Nobody")), *found] if name == "owner" else found


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
        offered = _Offered()
        for name in ("source", "owner", "campaign", "tags"):
            self.filters[name].extra["choices"] = partial(offered.of, name)

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

    @property
    def chosen(self) -> Chosen:
        """What it asks of leads, told apart by where the answer is read."""
        wanted = {name: self.form.cleaned_data[name] for name in self._wanted}
        standings, found = Q(), list[Found]()
        if grade := wanted.pop("grade", ""):
            standings &= Q(grade__gte=grade)
        if owner := wanted.pop("owner", ""):
            owned = Q(owner=None if owner == NOBODY else owner)
            standings &= owned
            found.append(Found(Standing.objects.filter(owned).values("pk")))
        leads = self.queryset
        is_one = len(wanted) == 1 and not leads.query.where
        for name, value in wanted.items():
            leads = self.filters[name].filter(leads, value)
            found += self._found_by(name, value, is_one)
        return Chosen(leads, standings, found)

    def _found_by(self, name: str, value: str, is_one: bool) -> list[Found]:
        """The numbers of whoever one filter finds, or each word of it that is indexed.

        is_one: whether no other filter asks anything of the lead.
        """
        everybody = Lead.objects.all()
        if name == "tags":
            # Read without the rows of the leads, which the filter itself joins.
            tagged = Lead.tags.through.objects.filter(tag=int(value))
            return [Found(tagged.values("lead_id"), is_one)]
        if name != "q":
            alone = self.filters[name].filter(everybody, value)
            return [Found(alone.values("pk"), is_one)]
        is_whole = is_one and len(value.split()) == 1
        by_word = map(everybody.matching, indexed_words(value))
        return [Found(one.values("pk"), is_whole) for one in by_word]
