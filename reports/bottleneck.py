"""The narrowest step of a funnel and the longest stay, in sentences."""

from itertools import pairwise

from django.utils.translation import gettext as _

from leads.choices import Stage
from reports import sales_waits, stays
from reports.estimates import SMALLEST_N, quantiles
from reports.funnel import Funnel
from reports.words import business_hours, duration, grouped, percent


def sentences(report: Funnel) -> list[str]:
    """What stands out; nothing of fewer than 20 leads.

    One query; up to five more where sales takes longest, whose time is working time.
    """
    told = []
    if (step := narrowest(report)) is not None:
        told.append(_of_step(report, *step))
    if (longest := longest_stay(report)) is not None:
        stage, seconds, n = longest
        text = _("The longest stay is in {stage}: median {time}, n {n}.")
        told.append(
            text.format(stage=stage.label, time=duration(seconds), n=grouped(n))
        )
        if stage == Stage.SQL:
            told += _of_sales(report)
    return told


def _of_step(report: Funnel, before: Stage, after: Stage, left: int, came: int) -> str:
    """Who had the time is not known of a young cohort: its counts are those so far."""
    text = _(
        "Of {entered} that entered {cohort} {came} came to {after}. The narrowest step"
        " is {before} → {after}: {share} of the {left} in {before} got there."
    )
    if report.total.is_provisional:
        text = _(
            "Of {entered} that entered {cohort} {came} came to {after} so far. The"
            " narrowest step as yet is {before} → {after}: {share} of the {left} in"
            " {before} got there, and not all have had the time."
        )
    return text.format(
        entered=grouped(report.total.entered),
        cohort=report.question.cohort.label,
        before=before.label,
        after=after.label,
        came=grouped(came),
        left=grouped(left),
        share=percent(came / left),
    )


def _of_sales(report: Funnel) -> list[str]:
    """The wait that the calendars of sales govern, in the hours that they are open."""
    question = report.question
    wait = sales_waits.until_accepted(period=question.period, scope=question)
    if wait is None or wait.n < SMALLEST_N:
        return []
    text = _(
        "{before} → {after} took a median of {time}, by the calendars of sales, n {n}."
    )
    return [
        text.format(
            before=Stage.SQL.label,
            after=Stage.ACCEPTED.label,
            time=business_hours(wait.seconds),
            n=grouped(wait.n),
        )
    ]


def narrowest(report: Funnel) -> tuple[Stage, Stage, int, int] | None:
    """The step after which the smallest share is left, with both counts."""
    counts = {report.question.cohort: report.total.entered, **report.total.reached}
    stages = list(counts)
    steps = [
        (before, after, counts[before], counts[after])
        for before, after in pairwise(stages)
        if counts[before] >= SMALLEST_N
    ]
    return min(steps, key=lambda step: step[3] / step[2], default=None)


def longest_stay(report: Funnel) -> tuple[Stage, float, int] | None:
    """The stage of the cohort or after it with the longest median stay."""
    question = report.question
    ended = stays.ended(period=question.period, scope=question)
    told = []
    for stage in (question.cohort, *question.later_stages):
        counts = ended.get(stage, {})
        median = quantiles(counts=counts, shares=(0.5,))[0]
        if median is not None and sum(counts.values()) >= SMALLEST_N:
            told.append((stage, median, sum(counts.values())))
    return max(told, key=lambda each: each[1], default=None)
