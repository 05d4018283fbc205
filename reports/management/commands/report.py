"""`manage.py report`: a report as a table, CSV or JSON."""

import json
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from leads.choices import Stage
from reports import acceptance, cohorts, exports, funnel, tables
from reports.periods import FIRST_DAY, LAST_DAY, Period, Preset, preset_period

# A report once as JSON and once as a table.
Answer = tuple[dict[str, Any], tables.Table]
# Ten years; no window of a funnel is longer.
LONGEST_WINDOW_DAYS = 3_650


class Command(BaseCommand):
    """Print a report on the days from one day on, up to but without another.

    Examples:
      manage.py report funnel --cohort mql --window 90 --by source
      manage.py report funnel --from 2026-01-01 --to 2026-04-01 --format json
      manage.py report acceptance --by rep --format csv
    """

    help = __doc__ or ""

    def create_parser(
        self, prog_name: str, subcommand: str, **kwargs: Any
    ) -> CommandParser:
        formatter = RawDescriptionHelpFormatter
        return super().create_parser(
            prog_name, subcommand, formatter_class=formatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("name", metavar="NAME", help=", ".join(REPORTS))
        add("--from", metavar="DAY", help="first day; 12 months ago")
        add("--to", metavar="DAY", help="day after the last; tomorrow")
        add("--by", default="source", metavar="FIELD", help="what a row stands for")
        add("--format", default="table", metavar="FORMAT", help=", ".join(FORMATS))
        add = parser.add_argument_group("funnel only").add_argument
        offered = ", ".join(COHORTS)
        add(
            "--cohort", default="mql", metavar="STAGE", help=f"stage entered: {offered}"
        )
        add(
            "--window",
            default=str(cohorts.WINDOW_DAYS),
            metavar="DAYS",
            help="days in which a conversion counts, or none; 90",
        )
        add(
            "--without-inferred",
            action="store_true",
            help="leave out entries into stages that a lead skipped",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        shape = _one_of("--format", options["format"], FORMATS)
        make = REPORTS[_one_of("report", options["name"], list(REPORTS))]
        document, table = make(options, _period(options, now), now)
        if shape == "json":
            lines = iter([json.dumps(document)])
        elif shape == "csv":
            lines = exports.csv_lines(header=table.header, rows=table.rows)
        else:
            lines = tables.aligned(table)
        for line in lines:
            self.stdout.write(line.rstrip("\r\n"))


def _funnel(options: dict[str, Any], period: Period, now: datetime) -> Answer:
    question = cohorts.Question(
        cohort=Stage(_one_of("--cohort", options["cohort"], COHORTS)),
        period=period,
        window_days=_window(options["window"]),
        by=cohorts.By(_one_of("--by", options["by"], cohorts.By.values)),
        with_inferred=not options["without_inferred"],
    )
    report = funnel.funnel(question=question, now=now)
    return funnel.as_json(report), tables.funnel_table(report)


def _acceptance(options: dict[str, Any], period: Period, now: datetime) -> Answer:
    by = acceptance.By(_one_of("--by", options["by"], acceptance.By.values))
    question = acceptance.Question(period=period, by=by)
    report = acceptance.acceptance(question=question, now=now)
    return acceptance.as_json(report), tables.acceptance_table(report)


REPORTS: dict[str, Callable[[dict[str, Any], Period, datetime], Answer]] = {
    "funnel": _funnel,
    "acceptance": _acceptance,
}


FORMATS = ("table", "csv", "json")
COHORTS = [stage.value for stage in cohorts.COHORTS]


def _period(options: dict[str, Any], now: datetime) -> Period:
    usual = preset_period(preset=Preset.MONTHS_12, now=now)
    start = _day("--from", options["from"]) or usual.start
    end = _day("--to", options["to"]) or usual.end
    if start >= end:
        raise CommandError(
            f"--from {start} must be before --to {end}, which is not counted."
        )
    return Period(start, end)


def _one_of(name: str, value: str, offered: Sequence[str]) -> str:
    if value not in offered:
        raise CommandError(f"{name} {value} is unknown; say {', '.join(offered)}.")
    return value


def _day(name: str, text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError(f"{name} {text} is no day like 2026-01-31.") from None
    if day and not FIRST_DAY <= day <= LAST_DAY:
        raise CommandError(f"{name} {text} is not from {FIRST_DAY} to {LAST_DAY}.")
    return day


def _window(text: str) -> int | None:
    if text == "none":
        return None
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST_WINDOW_DAYS:
        raise CommandError(
            f"--window {text} is neither none nor a number of days from 1 to"
            f" {LONGEST_WINDOW_DAYS}."
        )
    return int(text)
