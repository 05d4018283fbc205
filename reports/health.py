"""Whether the score tells what sales says: by band, by rule, and over time."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.choices import HandoffStatus
from reports import rules, scored
from reports.annotations import in_words, marks
from reports.answers import (
    Amount,
    Answer,
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
from reports.bands import BANDS
from reports.charts import bars, heat, lines
from reports.estimates import Estimate, wilson
from reports.keys import EMPTY_KEY
from reports.periods import month_finder
from reports.scored import Alike, Ending, Question
from reports.words import key_label, percent

LETTERS = ("A", "B", "C", "D", "F")
ACCEPTED, REJECTED = "accepted", "rejected"
BY_BAND = (
    Column("routed", gettext_lazy("Hand-offs"), opens=True),
    Column("accepted", gettext_lazy("Accepted"), opens=True),
    Column("rejected", gettext_lazy("Rejected"), opens=True),
    Column(
        "acceptance",
        gettext_lazy("Acceptance (decided)"),
        Kind.SHARE,
        definition="accepted-of-decided",
    ),
    Column("opportunity", gettext_lazy("Deal of accepted"), Kind.SHARE),
    Column("won", gettext_lazy("Won"), opens=True),
    Column("win_rate", gettext_lazy("Won of all"), Kind.SHARE, definition="win-rate"),
)
BY_MONTH = (
    Column("routed", gettext_lazy("Hand-offs"), opens=True),
    Column("score", gettext_lazy("Median score"), Kind.NUMBER),
    Column("acceptance", gettext_lazy("Acceptance (decided)"), Kind.SHARE),
    Column("version", gettext_lazy("Model versions"), Kind.TEXT),
)


WHICH: dict[str, Callable[[Ending], bool]] = {
    "routed": lambda ending: True,
    "accepted": lambda ending: ending.outcome == ACCEPTED,
    "rejected": lambda ending: ending.outcome == REJECTED,
    "won": lambda ending: ending.is_won,
}


def answer(*, question: Question, now: datetime) -> Answer:
    """Bands, the heat map, months and rules."""
    found = scored.alike(question)
    bands = _bands(found)
    overall = _acceptance(found)
    fired = rules.section(now=now, overall=overall)
    rising = _rising(bands)
    return Answer(
        figures=[
            Figure(
                "acceptance",
                _("Acceptance (decided)"),
                Kind.SHARE,
                overall,
                overall.n,
                "accepted-of-decided",
            ),
            Figure(
                "calibration",
                _("Acceptance rises with the score"),
                Kind.TEXT,
                rising,
                None,
                "calibration",
            ),
            *rules.figures(fired),
        ],
        sections=[bands, _heat(found), _months(found, question), fired],
        sentences=[_sentence(bands)],
        is_empty=not found,
    )


def _acceptance(found: Sequence[Alike]) -> Estimate:
    return _accepted(_endings(found))


def _endings(found: Sequence[Alike]) -> Counter[Ending]:
    endings: Counter[Ending] = Counter()
    for each in found:
        endings[each.ending] += each.n
    return endings


def _accepted(endings: Counter[Ending]) -> Estimate:
    accepted = _count(endings, WHICH["accepted"])
    n = accepted + _count(endings, WHICH["rejected"])
    waiting = _count(endings, lambda one: one.outcome == HandoffStatus.PENDING)
    return wilson(hits=accepted, n=n, undecided=waiting)


def _count(endings: Counter[Ending], is_meant: Callable[[Ending], bool]) -> int:
    return sum(count for ending, count in endings.items() if is_meant(ending))


def _values(found: Sequence[Alike]) -> dict[str, Amount]:
    endings = _endings(found)
    counts = {name: _count(endings, is_meant) for name, is_meant in WHICH.items()}
    deals = _count(endings, lambda one: one.outcome == ACCEPTED and one.has_deal)
    return {
        **counts,
        "acceptance": _accepted(endings),
        "opportunity": wilson(hits=deals, n=counts["accepted"]),
        "win_rate": wilson(hits=counts["won"], n=counts["routed"]),
    }


def _bands(found: Sequence[Alike]) -> Section:
    by_band: defaultdict[str, list[Alike]] = defaultdict(list)
    for each in found:
        by_band[each.band].append(each)
    rows = [
        Row(band, key_label(band), _values(by_band[band]))
        for band in (*BANDS, EMPTY_KEY)
        if by_band[band]
    ]
    return Section(
        name="bands",
        title=_("By score band"),
        first=_("Score"),
        columns=BY_BAND,
        rows=rows,
        total=Row("", _("Total"), _values(found)),
        chart=bars(
            title=_("Acceptance (decided)"),
            rows=[(row.label, row.values["acceptance"]) for row in rows],
            kind=Kind.SHARE,
        ),
        note=_(
            "The score is the one with which the lead became an SQL, by the model then."
        ),
        definition="calibration",
    )


def _heat(found: Sequence[Alike]) -> Section:
    by_cell: defaultdict[tuple[str, str], list[Alike]] = defaultdict(list)
    for each in found:
        by_cell[each.letter, each.band].append(each)
    letters = [*LETTERS, EMPTY_KEY]
    rows = [
        Row(
            letter,
            key_label(letter),
            {band: _acceptance(by_cell[letter, band]) for band in BANDS},
        )
        for letter in letters
        if any(by_cell[letter, band] for band in BANDS)
    ]
    columns = _heat_columns()
    return Section(
        name="heat",
        title=_("Acceptance by grade and score"),
        first=_("Grade"),
        columns=columns,
        rows=rows,
        chart=heat(
            title=_("Acceptance by grade and score"), rows=rows, columns=columns
        ),
        note=_(
            "Of decided hand-offs; a cell with fewer than 20 of them tells nothing."
        ),
        definition="accepted-of-decided",
    )


def _heat_columns() -> list[Column]:
    return [Column(band, band, Kind.SHARE, opens=True) for band in BANDS]


def _months(found: Sequence[Alike], question: Question) -> Section:
    months = question.period.months
    by_month: defaultdict[str, list[Alike]] = defaultdict(list)
    for each in found:
        by_month[each.month].append(each)
    rows = []
    for month in months:
        of_month = by_month[f"{month.start:%Y-%m}"]
        scores = [each.score for each in of_month if each.score is not None]
        versions = sorted({each.version for each in of_month if each.version})
        rows.append(
            Row(
                f"{month.start:%Y-%m}",
                date_format(month.start, "M Y"),
                {
                    "routed": sum(each.n for each in of_month),
                    "score": scores[0] if scores else None,
                    "acceptance": _acceptance(of_month),
                    "version": ", ".join(f"v{version}" for version in versions),
                },
            )
        )
    marked = marks(months)
    return Section(
        name="months",
        title=_("Drift by month"),
        first=_("Month"),
        columns=BY_MONTH,
        rows=rows,
        chart=lines(
            title=_("Median score of new SQLs"),
            labels=[str(row.label) for row in rows],
            series={_("Median score"): [row.values["score"] for row in rows]},
            kind=Kind.NUMBER,
            marks=marked,
        ),
        note=_("A jump of the score without one of acceptance is drift of the model.")
        + in_words(marked),
        definition="drift",
    )


def _rising(bands: Section) -> str:
    """In how many of the steps between bands acceptance rises; few are left out."""
    shares = [
        rate.share
        for row in bands.rows
        if row.key != EMPTY_KEY
        if isinstance(rate := row.values["acceptance"], Estimate) and rate.is_shown
    ]
    steps = list(pairwise(shares))
    if not steps:
        return _("n too small")
    rises = sum(later > earlier for earlier, later in steps)
    return _("{rises} of {steps} steps").format(rises=rises, steps=len(steps))


def _sentence(bands: Section) -> str:
    told = [
        (row, rate)
        for row in bands.rows
        if row.key != EMPTY_KEY
        if isinstance(rate := row.values["acceptance"], Estimate) and rate.is_shown
    ]
    if len(told) < 2:
        return _("There are too few decided hand-offs to compare score bands.")
    (low, low_rate), (high, high_rate) = told[0], told[-1]
    text = _(
        "Of decided hand-offs with a score of {low}, {low_share} were accepted; of"
        " those with {high}, {high_share}."
    )
    return text.format(
        low=low.label,
        low_share=percent(low_rate.share),
        high=high.label,
        high_share=percent(high_rate.share),
    )


def records(*, question: Question, cell: Cell, now: datetime) -> Records:
    """The hand-offs behind one number; behind one of a rule the leads."""
    if cell.section == "heat":
        return _decided(question, cell)
    if cell.section == "rules":
        return rules.records(cell=cell, scope=question, now=now)
    if cell.section not in ("bands", "months"):
        raise NoSuchNumberError
    is_by_band = cell.section == "bands"
    check_opens(cell, BY_BAND if is_by_band else BY_MONTH)
    month_of = month_finder(question.period.months)
    found = [
        fact
        for fact in scored.facts(question)
        if WHICH[cell.column](fact.ending)
        if cell.key in ("", fact.band if is_by_band else month_of(fact.routed_at))
    ]
    return _listed(found)


def _decided(question: Question, cell: Cell) -> Records:
    """What the acceptance of a grade and a score band is a share of."""
    check_opens(cell, _heat_columns())
    found = [
        fact
        for fact in scored.facts(question)
        if fact.ending.outcome in (ACCEPTED, REJECTED)
        if fact.band == cell.column and cell.key in ("", fact.letter)
    ]
    return _listed(found)


def _listed(found: Sequence[scored.Fact]) -> Records:
    rows = [
        Record(
            fact.lead_id, (fact.routed_at, fact.score, fact.letter, fact.ending.outcome)
        )
        for fact in found
    ]
    columns = (
        Column("routed_at", _("Routed"), Kind.INSTANT),
        Column("score", _("Score then"), Kind.NUMBER),
        Column("grade", _("Grade then"), Kind.TEXT),
        Column("outcome", _("Outcome"), Kind.TEXT),
    )
    return Records(_("Hand-offs"), columns, rows)
