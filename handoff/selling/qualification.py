"""BANT and CHAMP: what sales knows of a lead, question by question and cycle by cycle.

Answers are appended, so who knew what when can be read; the latest one holds.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.choices import QUESTIONS, AnswerState, Framework, Question
from handoff.models import Answer
from handoff.selling import rights
from leads.models import Lead, User


class AnswerError(Exception):
    """An answer could not be kept; the message says why."""


class AnswerChangedError(AnswerError):
    """Somebody else answered the question after it was read."""


@dataclass(frozen=True)
class Line:
    """One question with its answer in this cycle, and the one of the cycle before.

    `latest` is None where nobody has answered; `past` are the answers before it, the
    last first.
    """

    question: Question
    latest: Answer | None
    past: Sequence[Answer]
    earlier: Answer | None

    @property
    def state(self) -> AnswerState:
        return AnswerState(self.latest.state) if self.latest else AnswerState.UNKNOWN

    @property
    def note(self) -> str:
        return self.latest.note if self.latest else ""

    @property
    def seen(self) -> int:
        """Which answer a form shows, so that no later one is written over unseen."""
        return self.latest.pk if self.latest else 0

    @property
    def element_id(self) -> str:
        return f"answer-{self.question.value.replace('.', '-')}"


@dataclass(frozen=True)
class Sheet:
    """The questions by which a lead is asked, in their order."""

    framework: Framework
    lines: list[Line]


def sheet(*, lead: Lead, cycle: int, framework: Framework | None = None) -> Sheet:
    """The questions of the framework, in one query.

    Without one they are those last answered, else BANT.
    """
    answers = Answer.objects.filter(lead=lead, cycle__lte=cycle).order_by("pk")
    given = list(answers.select_related("actor"))
    if framework is None:
        last = given[-1].question if given else Question.BUDGET
        framework = Framework(last.split(".")[0])
    return Sheet(framework, _lines(given, cycle, QUESTIONS[framework]))


def line(*, lead: Lead, cycle: int, question: Question) -> Line:
    """One question alone."""
    answers = Answer.objects.filter(lead=lead, cycle__lte=cycle, question=question)
    (found,) = _lines(answers.select_related("actor"), cycle, [question])
    return found


@transaction.atomic
def answer(
    *,
    lead: Lead,
    question: Question,
    state: AnswerState,
    note: str,
    seen: int,
    actor: User,
    now: datetime,
) -> Answer | None:
    """Keep what is known of the question in this cycle; the same again keeps nothing.

    Raises:
        AnswerChangedError: `seen` is no longer the latest; nothing has changed.
        AnswerError: the person does not work on this lead; nothing has changed.
    """
    standing = rights.lock(lead_id=lead.pk, actor=actor, refusal=AnswerError)
    before = line(lead=lead, cycle=standing.cycle, question=question)
    if (before.state, before.note) == (state, note.strip()):
        return before.latest
    if before.seen != seen:
        raise AnswerChangedError(_("Somebody answered this while you were at it."))
    return Answer.objects.create(
        lead=lead,
        cycle=standing.cycle,
        question=question,
        state=state,
        note=note.strip(),
        actor=actor,
        at=now,
    )


def for_briefs(*, lead_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What was found out of each lead in its latest cycle that has answers.

    Plain values: `known` and `open` questions with their notes. In one query; a lead
    without answers is absent.
    """
    answers = Answer.objects.filter(lead__any_of=lead_ids).order_by("pk")
    latest: defaultdict[int, dict[Question, Answer]] = defaultdict(dict)
    for one in answers:
        held = latest[one.lead_id]
        if any(other.cycle < one.cycle for other in held.values()):
            held.clear()
        held[Question(one.question)] = one
    return {lead_id: _in_brief(held) for lead_id, held in latest.items()}


def _in_brief(held: dict[Question, Answer]) -> dict[str, Any]:
    """The questions of each framework that was used; unanswered ones are open."""
    used = [
        framework
        for framework, questions in QUESTIONS.items()
        if held.keys() & set(questions)
    ]
    known: list[dict[str, str]] = []
    still_open: list[dict[str, str]] = []
    for question in (one for framework in used for one in QUESTIONS[framework]):
        given = held.get(question)
        state = AnswerState(given.state) if given else AnswerState.UNKNOWN
        told = {
            "question": str(question.label),
            "state": state.value,
            "note": given.note if given else "",
        }
        (known if state == AnswerState.KNOWN else still_open).append(told)
    cycle = max(one.cycle for one in held.values())
    return {"cycle": cycle, "known": known, "open": still_open}


def _lines(
    answers: Iterable[Answer], cycle: int, questions: Sequence[Question]
) -> list[Line]:
    now: defaultdict[str, list[Answer]] = defaultdict(list)
    before: dict[str, Answer] = {}
    for one in sorted(answers, key=lambda each: each.pk):
        if one.cycle == cycle:
            now[one.question].insert(0, one)
        else:
            before[one.question] = one
    return [
        Line(
            question=question,
            latest=next(iter(now[question]), None),
            past=now[question][1:],
            earlier=before.get(question),
        )
        for question in questions
    ]
