"""Which rejections there are, and how often for which reason, source and rule.

What a rule is that carried a lead stands in the brief that was frozen at the offer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.choices import RemarkKind
from handoff.models import Handoff, Remark
from handoff.querysets import HandoffQuerySet
from leads.models import User

# Lines of a panel; the rest is reached by narrowing down.
MOST_LINES = 8
# In an address: those without a source.
NO_SOURCE = "none"
# The rule with the most points, by its name then.
RULE = Coalesce(KT("brief__why__0__what"), Value(""), output_field=TextField())


@dataclass(frozen=True)
class Wanted:
    """What is asked of the rejections; None or empty asks nothing.

    days: how far back, 0 for ever. state: "open", or a `RemarkKind`.
    """

    days: int = 90
    state: str = ""
    reason: int | None = None
    source: str = ""
    campaign: int | None = None
    rule: str = ""
    rep: int | None = None

    def since(self, now: datetime) -> datetime | None:
        return now - timedelta(days=self.days) if self.days else None


@dataclass(frozen=True)
class Line:
    """One reason, source, campaign or rule: how often now, and in the time before.

    `key` is what its filter says.
    """

    key: str
    label: str
    count: int
    before: int | None

    @property
    def change(self) -> int:
        return self.count - (self.before or 0)

    @property
    def change_in_figures(self) -> str:
        """With its sign: “+3”, “-2”, “±0”."""
        return f"{self.change:+d}" if self.change else "±0"


@dataclass(frozen=True)
class Panel:
    """Counts by one thing, the most frequent first; `name` is its filter."""

    name: str
    title: str | Promise
    lines: Sequence[Line]


# By what is counted: the name of its filter, and the columns of key and label.
COUNTED = (
    ("reason", gettext_lazy("Reasons"), "reason", "reason__label"),
    ("source", gettext_lazy("Sources"), "lead__source", "lead__source"),
    (
        "campaign",
        gettext_lazy("Campaigns"),
        "lead__campaign",
        "lead__campaign__name",
    ),
    ("rule", gettext_lazy("Rules that carried them"), "rule", "rule"),
)


def rejections(*, user: User, wanted: Wanted, now: datetime) -> HandoffQuerySet:
    """Those that this person may see and that are asked for."""
    found = _narrowed(user, wanted)
    since = wanted.since(now)
    return found.filter(decided_at__gt=since) if since else found


def panels(*, user: User, wanted: Wanted, now: datetime) -> list[Panel]:
    """Counts of the same rejections beside those of as long before: a query each."""
    found, since = _narrowed(user, wanted), wanted.since(now)
    counts = {"count": Count("pk")}
    if since is not None:
        earliest = since - timedelta(days=wanted.days)
        found = found.filter(decided_at__gt=earliest)
        counts = {
            "count": Count("pk", filter=Q(decided_at__gt=since)),
            "before": Count("pk", filter=Q(decided_at__lte=since)),
        }
    found = found.annotate(rule=RULE).order_by()
    made = []
    for name, title, key, label in COUNTED:
        grouped = found.values(key, label).annotate(**counts)
        by_label = F(label).asc(nulls_last=True)
        most = grouped.order_by("-count", by_label, key)[:MOST_LINES]
        lines = [
            Line(
                _word(name, row[key]),
                row[label] or _("unknown"),
                row["count"],
                row.get("before"),
            )
            for row in most
        ]
        made.append(Panel(name, title, lines))
    return made


def _word(name: str, key: Any) -> str:
    if name == "source":
        return key or NO_SOURCE
    if name == "campaign":
        return str(key or 0)
    return str(key or "")


def _narrowed(user: User, wanted: Wanted) -> HandoffQuerySet:
    found = Handoff.objects.visible_to(user).rejected()
    if wanted.reason is not None:
        found = found.filter(reason=wanted.reason)
    if wanted.source:
        source = "" if wanted.source == NO_SOURCE else wanted.source
        found = found.filter(lead__source=source)
    if wanted.campaign is not None:
        campaign = wanted.campaign or None  # 0 stands for none
        found = found.filter(lead__campaign=campaign)
    if wanted.rep is not None:
        found = found.filter(decided_by=wanted.rep)
    if wanted.rule:
        found = found.annotate(rule=RULE).filter(rule=wanted.rule)
    return _in_state(found, wanted.state)


def _in_state(found: HandoffQuerySet, state: str) -> HandoffQuerySet:
    remarks = Remark.objects.filter(handoff=OuterRef("pk"))
    if state == "open":
        return found.filter(~Exists(remarks))
    if state in RemarkKind.values:
        return found.filter(Exists(remarks.filter(kind=state)))
    return found
