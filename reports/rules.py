"""Which rules of the score never fire, and which speak for leads that sales rejects."""

import re
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import Lead
from reports.answers import (
    Amount,
    Cell,
    Column,
    Figure,
    Kind,
    NoSuchNumberError,
    Record,
    Records,
    Row,
    Section,
    check_opens,
)
from reports.estimates import Estimate, wilson
from reports.scope import Scope
from scoring import engagement, usage
from scoring.models import BehaviourRule, ScoringModel
from scoring.usage import Usages

HOUR = 3_600  # seconds

COLUMNS = (
    Column("points", gettext_lazy("Points"), Kind.NUMBER),
    Column("fired", gettext_lazy("Fired")),
    Column("leads", gettext_lazy("Leads"), opens=True),
    Column("acceptance", gettext_lazy("Acceptance of these"), Kind.SHARE),
    Column("lift", gettext_lazy("Lift"), Kind.NUMBER, definition="lift"),
    Column("verdict", gettext_lazy("What stands out"), Kind.TEXT),
)


def section(*, now: datetime, overall: Estimate) -> Section:
    """A row a rule of the active model in its order; empty without a model."""
    model = engagement.active_model()
    used = _used(model, now) if model else None
    rows = []
    for rule in model.rules.filter(is_on=True).order_by("position") if model else ():
        of_rule = used.by_rule_id.get(rule.pk, usage.Usage()) if used else usage.Usage()
        decided = of_rule.accepted + of_rule.rejected
        rate = wilson(hits=of_rule.accepted, n=decided)
        lift = None
        if rate.is_shown and overall.is_shown and overall.share:
            lift = rate.share / overall.share
        values: dict[str, Amount] = {
            "points": rule.points,
            "fired": of_rule.fired,
            "leads": of_rule.leads,
            "acceptance": rate,
            "lift": lift,
            "verdict": _verdict(of_rule.fired, rate, overall, points=rule.points),
        }
        rows.append(Row(str(rule.pk), rule.name, values))
    note = _("What counted in the last 90 days, whatever the period.")
    if used and used.is_partial:
        note += " " + _("Counted on an even sample of {size} leads.").format(
            size=used.size
        )
        note += " " + _("This is counted once an hour.")
    return Section(
        name="rules",
        title=_("Rules of the active model"),
        first=_("Rule"),
        columns=COLUMNS,
        rows=rows,
        note=note,
        definition="lift",
    )


def _used(model: ScoringModel, now: datetime) -> Usages:
    """What the rules did; a sample of many leads is counted once an hour.

    Counting all of few leads is fast, and then it is exact at any moment.
    """
    key = f"reports:rules:1:{model.pk}:{now:%Y%m%d%H}"
    kept: Usages | None = cache.get(key)
    if kept is None:
        kept = usage.usage_of(model=model, now=now)
        if kept.is_partial:
            cache.set(key, kept, HOUR)
    return kept


def records(*, cell: Cell, scope: Scope, now: datetime) -> Records:
    """The leads that a rule of the active model touched, most often first.

    As in the table, whichever leads the report counts otherwise.

    Raises:
        NoSuchNumberError: the model has no such rule, or the number opens nothing.
    """
    check_opens(cell, COLUMNS)
    rule = rule_of(cell.key)
    if rule is None:
        raise NoSuchNumberError
    found = usage.leads_of(rule=rule, now=now)
    if scope.reader is not None and not scope.reader.sees_all_leads:
        visible = Lead.objects.visible_to(scope.reader).values_list("pk", flat=True)
        seen = set(visible)
        found = [each for each in found if each[0] in seen]
    columns = (Column("fired", _("Fired"), Kind.COUNT),)
    rows = [Record(lead_id, (times,)) for lead_id, times in found]
    title, window = _("Leads that a rule touched"), _("Last 90 days")
    return Records(title, columns, rows, window)


def rule_of(key: str) -> BehaviourRule | None:
    """The rule of the active model with that key, if it has one that is on."""
    model = engagement.active_model()
    if model is None or not re.fullmatch(r"[0-9]{1,18}", key):
        return None
    return model.rules.filter(is_on=True, pk=int(key)).select_related("model").first()


def figures(made: Section) -> list[Figure]:
    """How many rules never fired, and how many speak for the wrong leads."""
    silent = sum(row.values["fired"] == 0 for row in made.rows)
    negative = sum(row.values["verdict"] == _("Negative lift") for row in made.rows)
    n = len(made.rows)
    return [
        Figure("silent", _("Rules that never fire"), Kind.COUNT, silent, n, "lift"),
        Figure("negative", _("Negative lift"), Kind.COUNT, negative, n, "lift"),
    ]


def _verdict(fired: int, rate: Estimate, overall: Estimate, *, points: float) -> str:
    """In words; chance is not told as a finding, so the intervals must be apart."""
    if not fired:
        return _("Never fires")
    if not (rate.is_shown and overall.is_shown):
        return ""
    if points > 0 and rate.high < overall.low:
        return _("Negative lift")
    return _("Positive lift") if points > 0 and rate.low > overall.high else ""
