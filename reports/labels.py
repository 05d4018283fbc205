"""What a row is called where only its key is known: above the list behind a number."""

from collections.abc import Callable, Mapping
from datetime import date

from django.utils.formats import date_format

from handoff.choices import Blame, ReasonCategory
from handoff.models import RejectionReason
from leads.choices import Stage
from reports import agreement, cohorts, flows, funnel, revenue, rules, spreads
from reports.answers import Cell, Text
from reports.keys import EVERYTHING_KEY
from reports.pages import MONTH_KEY
from reports.splits import Split
from reports.won_deals import Channel
from reports.words import channel_label, key_label


def row_label(*, cell: Cell, by: str) -> str:
    """The row of the number as its table calls it; at most one query.

    by: what the report is split by.
    """
    told = _OF_SECTION.get(cell.section) or _OF_SPLIT.get(by, key_label)
    return told(cell.key)


def _named(names: Mapping[str, Text]) -> Callable[[str], str]:
    return lambda key: str(names.get(key) or key_label(key))


def _month(key: str) -> str:
    if not MONTH_KEY.fullmatch(key):
        return key_label(key)
    return date_format(date.fromisoformat(f"{key}-01"), "M Y")


def _flow(key: str) -> str:
    return " → ".join(map(_stage, key.split(flows.ARROW)))


def _reason(key: str) -> str:
    found = RejectionReason.objects.filter(key=key).first()
    return found.label if found else key_label(key)


def _rule(key: str) -> str:
    found = rules.rule_of(key)
    return found.name if found else key_label(key)


def _rep(key: str) -> str:
    return funnel.names_of(cohorts.By.REP, [key]).get(key) or key_label(key)


_stage = _named({stage.value: stage.label for stage in Stage})
# Of tables whose rows are the same by whatever their report is split.
_OF_SECTION: dict[str, Callable[[str], str]] = {
    "months": _month,
    "triangle": _month,
    "mql_to_won_months": _month,
    "stages": _stage,
    "ratios": _stage,
    "stock": _stage,
    "flows": _flow,
    "reasons": _reason,
    "categories": _named({each.value: each.label for each in ReasonCategory}),
    "causes": _named({each.value: each.label for each in Blame}),
    "spread": _named(spreads.LABELS),
    "parts": _named(revenue.TITLES),
    "owed": _named({key: title for key, (title, _side) in agreement.DUTIES.items()}),
    "rules": _rule,
    "deals": lambda _key: key_label(EVERYTHING_KEY),
    "expected": key_label,
    "bands": key_label,
    "heat": key_label,
}
_OF_SPLIT: dict[str, Callable[[str], str]] = {
    Split.REP: _rep,
    Split.CHANNEL: channel_label,
    Channel.KIND: lambda key: revenue.channel_label(key, Channel.KIND),
}
