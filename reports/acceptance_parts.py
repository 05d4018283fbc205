"""What stands below acceptance by key: its trend by month, and why leads came back."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.choices import HandoffStatus, ReasonCategory
from reports import splits
from reports.acceptance import OUTCOMES, REJECTED, Outcome, Question, keyed
from reports.annotations import in_words, marks
from reports.answers import (
    Amount,
    Cell,
    Column,
    Kind,
    NoSuchNumberError,
    Record,
    Records,
    Row,
    Section,
    check_opens,
)
from reports.charts import lines, pareto
from reports.estimates import Estimate, wilson
from reports.words import key_label

# More lines than these cannot be told apart; who is left out has a row of its own.
MOST_LINES = 4
MONTHLY = (
    Column("routed", gettext_lazy("Routed"), opens=True),
    Column(
        "decided",
        gettext_lazy("Acceptance (decided)"),
        Kind.SHARE,
        definition="accepted-of-decided",
    ),
)
REASONS = (
    Column("category", gettext_lazy("Category"), Kind.TEXT),
    Column("rejected", gettext_lazy("Rejected"), opens=True),
    Column("share", gettext_lazy("Of all rejections"), Kind.SHARE),
    Column("so_far", gettext_lazy("With those above"), Kind.SHARE),
)
CATEGORIES = (
    Column("rejected", gettext_lazy("Rejected"), opens=True),
    Column("share", gettext_lazy("Of all rejections"), Kind.SHARE),
)


def sections(*, question: Question, now: datetime) -> list[Section]:
    """Months, reasons and their categories: two queries, and three for the marks."""
    rejected = _rejected(question)
    return [_months(question), _reasons(rejected), _categories(rejected)]


def records(*, question: Question, cell: Cell, now: datetime) -> Records:
    """The hand-offs behind one number, latest first."""
    found = keyed(question)
    if cell.section == "months":
        check_opens(cell, MONTHLY)
        month = splits.month_of("routed_at", question.period.months)
        found = found.annotate(month=month)
        found = found.filter(month=cell.key) if cell.key else found
    elif cell.section == "reasons":
        check_opens(cell, REASONS)
        found = found.filter(REJECTED)
        found = found.filter(reason__key=cell.key) if cell.key else found
    elif cell.section == "categories":
        check_opens(cell, CATEGORIES)
        found = found.filter(REJECTED)
        found = found.filter(reason__category=cell.key) if cell.key else found
    else:
        raise NoSuchNumberError
    return _listed(question, found)


def decided(question: Question) -> Records:
    """The hand-offs that acceptance is a share of, latest first."""
    which = OUTCOMES[Outcome.ACCEPTED] | OUTCOMES[Outcome.REJECTED]
    return _listed(question, keyed(question).filter(which))


def _listed(question: Question, found: QuerySet[Any]) -> Records:
    rows = [
        Record(lead_id, (label, routed_at, str(HandoffStatus(status).label), reason))
        for lead_id, label, routed_at, status, reason in found.order_by(
            "-routed_at", "-pk"
        ).values_list("lead", "label", "routed_at", "status", "reason__label")
    ]
    columns = (
        Column("key", question.by.label, Kind.TEXT),
        Column("routed_at", _("Routed"), Kind.INSTANT),
        Column("status", _("Status"), Kind.TEXT),
        Column("reason", _("Reason"), Kind.TEXT),
    )
    return Records(_("Hand-offs"), columns, rows)


def _months(question: Question) -> Section:
    months = question.period.months
    counts = _by_month(question)
    most = _most_routed(counts)
    names = {key: f"decided_{place}" for place, key in enumerate(most)}
    rows = []
    for month in months:
        key = f"{month.start:%Y-%m}"
        of_month = counts.get(key, {})
        values: dict[str, Amount] = {
            "routed": sum(each["routed"] for each in of_month.values()),
            "decided": _rate(list(of_month.values())),
        }
        for each, name in names.items():
            values[name] = _rate([of_month[each]] if each in of_month else [])
        rows.append(Row(key, date_format(month.start, "M Y"), values))
    labels = {key: key_label(most[key]) for key in names}
    columns = [Column(name, labels[key], Kind.SHARE) for key, name in names.items()]
    marked = marks(months)
    series = {_("All"): [row.values["decided"] for row in rows]}
    series |= {
        labels[key]: [row.values[name] for row in rows] for key, name in names.items()
    }
    return Section(
        name="months",
        title=_("Acceptance (decided) by month"),
        first=_("Month routed"),
        columns=(*MONTHLY, *columns),
        rows=rows,
        chart=lines(
            title=_("Acceptance (decided) by month"),
            labels=[str(row.label) for row in rows],
            series=series,
            kind=Kind.SHARE,
            marks=marked,
        ),
        note=_("Beside all of them, those with the most hand-offs in the period.")
        + in_words(marked),
        definition="accepted-of-decided",
    )


def _by_month(question: Question) -> dict[str, dict[str, dict[str, Any]]]:
    """Month → key → what was routed, accepted and rejected: one query."""
    found: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    counted = (
        keyed(question)
        .annotate(month=splits.month_of("routed_at", question.period.months))
        .order_by()
        .values("month", "key", "label")
        .annotate(
            routed=Count("pk"),
            accepted=Count("pk", filter=OUTCOMES[Outcome.ACCEPTED]),
            rejected=Count("pk", filter=OUTCOMES[Outcome.REJECTED]),
        )
    )
    for row in counted:
        found[row["month"]][row["key"]] = row
    return found


def _most_routed(counts: dict[str, dict[str, dict[str, Any]]]) -> dict[str, str]:
    """Key → label of those with the most hand-offs; none where there is one row."""
    routed: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for of_month in counts.values():
        for key, row in of_month.items():
            routed[key] += row["routed"]
            labels[key] = row["label"]
    ordered = sorted(routed, key=lambda key: (-routed[key], key))
    return {key: labels[key] for key in ordered[:MOST_LINES]} if len(routed) > 1 else {}


def _rate(rows: Sequence[dict[str, Any]]) -> Estimate:
    accepted = sum(row["accepted"] for row in rows)
    rejected = sum(row["rejected"] for row in rows)
    return wilson(hits=accepted, n=accepted + rejected)


def _rejected(question: Question) -> Counter[tuple[str, str, ReasonCategory]]:
    """Key, label and category of a reason → how often it was given: one query."""
    counts = (
        keyed(question)
        .filter(REJECTED)
        .order_by()
        .values_list("reason__key", "reason__label", "reason__category")
        .annotate(count=Count("pk"))
        .order_by("-count", "reason__key")
    )
    return Counter(
        {
            (key, label, ReasonCategory(category)): count
            for key, label, category, count in counts
        }
    )


def _reasons(rejected: Counter[tuple[str, str, ReasonCategory]]) -> Section:
    n = rejected.total()
    rows = []
    so_far = 0
    for (key, label, category), count in rejected.items():
        so_far += count
        values: dict[str, Amount] = {
            "category": str(category.label),
            "rejected": count,
            "share": wilson(hits=count, n=n),
            "so_far": so_far / n,
        }
        rows.append(Row(key, label, values))
    return Section(
        name="reasons",
        title=_("Rejections by reason, most frequent first"),
        first=_("Reason"),
        columns=REASONS,
        rows=rows,
        chart=pareto(title=_("Rejections by reason"), rows=rows),
        note=_(
            "The line adds up the reasons from above. Those until it passes 80 % make"
            " up most of the rejections."
        ),
        definition="rejections",
    )


def _categories(rejected: Counter[tuple[str, str, ReasonCategory]]) -> Section:
    counts: Counter[ReasonCategory] = Counter()
    for (_key, _label, category), count in rejected.items():
        counts[category] += count
    rows = [
        Row(
            category.value,
            category.label,
            {"rejected": count, "share": wilson(hits=count, n=rejected.total())},
        )
        for category, count in sorted(
            counts.items(), key=lambda each: (-each[1], each[0].value)
        )
    ]
    return Section(
        name="categories",
        title=_("Rejections by category"),
        first=_("Category"),
        columns=CATEGORIES,
        rows=rows,
        definition="rejections",
    )
