"""Why a lead scores what it scores, line by line, from the ledger itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import connection
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext as _

from leads import conditions
from leads.choices import GRADES
from leads.models import Activity, Lead
from scoring import decay, engagement, fit, landmark, ledger, wording
from scoring.choices import Speed
from scoring.curve import Impulse
from scoring.ledger import Ledger
from scoring.models import BehaviourRule, FitCriterion, ScoringModel
from scoring.rounding import rounded_to_sum
from scoring.sql import LeadIds, compose, epoch

MOST_LINES = 200
LEADING = 8

_LINES = """WITH {chain}
SELECT placed.activity_id, placed.rule_id, {seconds}, counted.weight
FROM placed LEFT JOIN counted ON counted.activity_id = placed.activity_id"""

_FIT = "WITH {fit} SELECT points, {grade} FROM fit"


@dataclass(frozen=True)
class Line:
    """One activity: what it brought when it happened, and what is left of it now."""

    activity: Activity
    rule: BehaviourRule | None
    points: float
    value_now: float
    is_counted: bool
    why_not: str
    value_shown: float = 0.0

    @property
    def occurred_at(self) -> datetime:
        return self.activity.occurred_at

    @property
    def object(self) -> str:
        """What it was about: a subject, or else a page."""
        return self.activity.subject or self.activity.url


@dataclass(frozen=True)
class CriterionLine:
    """One criterion; `state` is `matched`, `not` or `unknown`."""

    criterion: FitCriterion
    description: str
    state: str

    @property
    def points(self) -> float:
        """What it adds: nothing unless it is matched."""
        return self.criterion.points if self.state == "matched" else 0.0


@dataclass(frozen=True)
class Explanation:
    """A lead's score at an instant, and what it is made of.

    The values of the lines and `older_value` add up, floored at 0, to `engagement`.
    Lines are newest first, at most 200; `older_count` more are summed up. The values
    shown are rounded so that they add up as well. `impulses` are what counts, in the
    order of time.
    """

    model: ScoringModel | None
    now: datetime
    engagement: float
    fit: float
    grade: int
    lines: list[Line]
    older_count: int
    older_value: float
    criteria: list[CriterionLine]
    impulses: list[Impulse] = field(default_factory=list)

    @property
    def leading(self) -> list[Line]:
        """The lines that are worth most now, for better or worse."""
        by_worth = sorted(self.counted, key=lambda line: -abs(line.value_now))
        return by_worth[:LEADING]

    @property
    def trailing(self) -> list[Line]:
        """The other lines that count, newest first."""
        leading = {line.activity.pk for line in self.leading}
        return [line for line in self.counted if line.activity.pk not in leading]

    @property
    def rest_count(self) -> int:
        return len(self.trailing) + self.older_count

    @property
    def rest_shown(self) -> float:
        """What all lines but the leading ones are worth."""
        shown = sum(line.value_shown for line in self.leading)
        return round(self.total, 2) - shown

    @property
    def total(self) -> float:
        """The sum of the lines, before it is floored at 0."""
        return sum(line.value_now for line in self.lines) + self.older_value

    @property
    def grade_letter(self) -> str:
        return GRADES[self.grade]

    @property
    def counted(self) -> list[Line]:
        """The lines that count, newest first."""
        return [line for line in self.lines if line.is_counted]

    @property
    def uncounted(self) -> list[Line]:
        """The lines that brought nothing, newest first."""
        return [line for line in self.lines if not line.is_counted]

    @property
    def matched(self) -> list[CriterionLine]:
        """The criteria that the lead matches; their points are the fit."""
        return [line for line in self.criteria if line.state == "matched"]

    @property
    def unmatched(self) -> list[CriterionLine]:
        """The criteria that it does not match, or of which it is not known."""
        return [line for line in self.criteria if line.state != "matched"]


def explain(
    *, lead: Lead, now: datetime, model: ScoringModel | None = None
) -> Explanation:
    """Explain the lead's score at `now`, under the active model or the one given.

    An instant in the past explains what the lead scored then, by what is known today.
    """
    model = model or engagement.active_model()
    if model is None:
        return Explanation(None, now, 0.0, 0.0, 0, [], 0, 0.0, [])
    near = landmark.carried(model, to=now)
    opened = ledger.open_ledger(model=near, now=now)
    placed = _placed(opened, lead)
    # What is dated later is told where it was known by then.
    is_known = Q(occurred_at__lte=opened.horizon) | Q(recorded_at__lte=now)
    known = lead.activities.filter(is_known)
    shown = known.select_related("campaign").order_by("-occurred_at", "-pk")
    lines = [_line(activity, placed, opened) for activity in shown[:MOST_LINES]]
    total = sum(value or 0.0 for _rule, _at, value in placed.values())
    older_value = total - sum(line.value_now for line in lines)
    older_count = known.count() - len(lines) if len(lines) == MOST_LINES else 0
    criteria = fit.criteria_of(model)
    points, grade = _fit_of(model, lead, criteria)
    return Explanation(
        model=model,
        now=now,
        engagement=max(0.0, total),
        fit=points,
        grade=grade,
        lines=_with_shown_values(lines, older_value),
        older_count=older_count,
        older_value=older_value,
        criteria=_criteria(lead, criteria),
        impulses=_impulses(placed),
    )


def _with_shown_values(lines: Sequence[Line], older_value: float) -> list[Line]:
    shown = rounded_to_sum([*(line.value_now for line in lines), older_value])
    pairs = zip(lines, shown, strict=False)
    return [replace(line, value_shown=value) for line, value in pairs]


# For each activity with a rule: the rule, the seconds since 1970 at which it happened,
# and its value now; None is over the cap.
Placed = dict[int, tuple[BehaviourRule, float, float | None]]


def _placed(opened: Ledger, lead: Lead) -> Placed:
    chain = ledger.chain(opened, LeadIds((lead.pk,)))
    statement = compose(_LINES, chain=chain, seconds=epoch("placed.occurred_at"))
    rules = {rule.pk: rule for rule in opened.rules}
    left = _left_by_speed(opened)
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return {
            activity_id: (
                rules[rule_id],
                float(at),
                None if weight is None else weight * left[rules[rule_id].speed],
            )
            for activity_id, rule_id, at, weight in cursor.fetchall()
        }


def _impulses(placed: Placed) -> list[Impulse]:
    counted = sorted(
        (at, activity_id)
        for activity_id, (_rule, at, value) in placed.items()
        if value is not None
    )
    rules = ((at, placed[activity_id][0]) for at, activity_id in counted)
    return [Impulse(at, rule.points, rule.speed) for at, rule in rules]


def _left_by_speed(opened: Ledger) -> dict[str, float]:
    seconds = engagement.seconds_since_landmark(opened.model, opened.now)
    return {
        speed: decay.factor(rate=opened.rate(speed), seconds=seconds) for speed in Speed
    }


def _line(activity: Activity, placed: Placed, opened: Ledger) -> Line:
    rule, _at, value = placed.get(activity.pk, (None, 0.0, None))
    if value is not None and rule is not None:
        return Line(activity, rule, rule.points, value, True, "")
    reason = _why_not(activity, rule, opened)
    return Line(activity, rule, 0.0, 0.0, False, reason)


def _why_not(activity: Activity, rule: BehaviourRule | None, opened: Ledger) -> str:
    if activity.is_machine:
        return activity.get_machine_reason_display() or _("Made by a machine")
    if activity.occurred_at > opened.horizon:
        return _("Dated later")
    if rule is None:
        return _("No rule")
    return wording.cap(rule)


def _fit_of(
    model: ScoringModel, lead: Lead, criteria: Sequence[FitCriterion]
) -> tuple[float, int]:
    statement = compose(
        _FIT,
        fit=fit.fit_relation(model, LeadIds((lead.pk,)), criteria=criteria),
        grade=fit.grade_case(model, "points"),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        points, grade = cursor.fetchone()
    return float(points), int(grade)


def _criteria(lead: Lead, criteria: Sequence[FitCriterion]) -> list[CriterionLine]:
    """Each criterion in one query: 2 matched, 1 unknown, 0 not."""
    states = {f"state_{one.pk}": _state(one) for one in criteria}
    rows = Lead.objects.filter(pk=lead.pk).annotate(**states).values(*states)
    found = rows.get() if states else {}
    names = ("not", "unknown", "matched")
    return [
        CriterionLine(
            one,
            conditions.describe(one.conditions, "lead"),
            names[found[f"state_{one.pk}"]],
        )
        for one in criteria
    ]


def _state(criterion: FitCriterion) -> Case:
    tree = criterion.conditions
    whens = []
    if tree:
        whens.append(When(conditions.compile_q(tree, "lead"), then=Value(2)))
    unknown = conditions.unknown_q(tree, "lead")
    if unknown:
        whens.append(When(unknown, then=Value(1)))
    default = Value(0 if tree else 2)
    return Case(*whens, default=default, output_field=IntegerField())
