"""`manage.py report`: a report as a table, CSV or JSON."""

import json
from argparse import RawDescriptionHelpFormatter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from leads.choices import Stage
from reports import cohorts, exports, tables
from reports.catalogue import REPORTS
from reports.forms import LONGEST_PERIOD_DAYS, PeriodForm, WindowField, dates_of
from reports.periods import Preset, preset_period

FORMATS = ("table", "csv", "json")


class Command(BaseCommand):
    """Print a report on the days from one day on, up to but without another.

    Examples:
      manage.py report funnel --cohort mql --window 90 --by source
      manage.py report funnel --from 2026-01-01 --to 2026-04-01 --format json
      manage.py report acceptance --by rep --format csv
      manage.py report follow-up --by team --set target=4 --table causes
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
        add("--by", metavar="FIELD", help="what a row stands for; source")
        add("--format", default="table", metavar="FORMAT", help=", ".join(FORMATS))
        add("--table", default="", metavar="NAME", help="which table; the first one")
        add(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="what else the page of the report lets one choose",
        )
        add = parser.add_argument_group("funnel only").add_argument
        offered = ", ".join(stage.value for stage in cohorts.COHORTS)
        usual = Stage.MQL.value
        add("--cohort", metavar="STAGE", help=f"stage entered: {offered}; {usual}")
        add(
            "--window",
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
        report = REPORTS[_one_of("report", options["name"], list(REPORTS))]
        form = _valid(report.make_form(_query(options, now), now=now))
        if shape == "json":
            document = report.document(form, reader=None, now=now)
            self.stdout.write(json.dumps(document))
            return
        table = report.table(form, section=options["table"], reader=None, now=now)
        if table is None:
            raise CommandError(f"--table {options['table']} is not in this report.")
        lines = (
            exports.csv_lines(header=table.header, rows=table.rows)
            if shape == "csv"
            else tables.aligned(table)
        )
        for line in lines:
            self.stdout.write(line.rstrip("\r\n"))


def _query(options: dict[str, Any], now: datetime) -> dict[str, str]:
    """What the options ask, as an address would."""
    usual = dates_of(preset_period(preset=Preset.MONTHS_12, now=now))
    asked = {name: options[name] or day for name, day in usual.items()}
    named = ("by", "cohort", "window")
    asked |= {name: options[name] for name in named if options[name] is not None}
    if options["without_inferred"]:
        asked["inferred"] = "no"
    for text in options["set"]:
        name, _equals, value = text.partition("=")
        asked[name] = value
    return asked


def _valid(form: PeriodForm) -> PeriodForm:
    """The form itself.

    Raises:
        CommandError: in one line what is wrong with it.
    """
    for name in form.data:
        if name not in form.fields:
            raise CommandError(f"--{name} is nothing that this report asks for.")
    for name, reasons in form.errors.items():
        if name == "__all__":
            raise CommandError(" ".join(str(reason) for reason in reasons))
        raise CommandError(_mistake(name, form.data[name], form.fields[name], reasons))
    return form


def _mistake(
    name: str, value: str, field: forms.Field, reasons: Sequence[object]
) -> str:
    if isinstance(field, WindowField):
        return (
            f"--{name} {value} is neither none nor a number of days from 1 to"
            f" {LONGEST_PERIOD_DAYS}."
        )
    if isinstance(field, forms.ChoiceField):
        offered = ", ".join(str(key) for key, _label in field.choices)  # type: ignore[union-attr, misc]
        return f"--{name} {value} is unknown; say {offered}."
    if isinstance(field, forms.DateField) and "valid date" in str(reasons[0]):
        return f"--{name} {value} is no day like 2026-01-31."
    return f"--{name} {value}: {' '.join(str(reason) for reason in reasons)}"


def _one_of(name: str, value: str, offered: Sequence[str]) -> str:
    if value not in offered:
        raise CommandError(f"{name} {value} is unknown; say {', '.join(offered)}.")
    return value
