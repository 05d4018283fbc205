"""Which rows stand behind the figures on top of a report."""

from reports.answers import Answer, Cell, Figure

# Report → figure → the number of a table whose rows it opens. What is made of several
# numbers leads to the table that has them.
CELLS = {
    "follow-up": {
        "response_median": Cell("response", "n"),
        "prospect_median": Cell("prospect", "n"),
        "latency_median": Cell("latency", "n"),
        "within": Cell("response", "n"),
        "decision_attainment": Cell("decision", "due"),
        "follow_up_attainment": Cell("follow_up", "due"),
    },
    "flows": {
        "entered": Cell("triangle", "entered"),
        "moves": Cell("flows", "moves"),
    },
    "throughput": {
        "sql_per_mql": Cell("ratios", "entered", "sql"),
        "mql_now": Cell("stock", "leads", "mql"),
        "sql_now": Cell("stock", "leads", "sql"),
    },
    "velocity": {"velocity": Cell("deals", "decided", "all")},
    "revenue": {
        "revenue": Cell("parts", "deals", "revenue"),
        "sourced": Cell("parts", "deals", "sourced"),
        "contributed": Cell("parts", "deals", "contributed"),
        "influenced": Cell("parts", "deals", "influenced"),
        "expected": Cell("expected", "open"),
    },
    "sources": {
        "leads": Cell("sources", "leads"),
        "sql_share": Cell("sources", "sql"),
        "revenue": Cell("sources", "deals"),
        "days": Cell("sources", "deals"),
    },
    "health": {"acceptance": Cell("bands", "accepted")},
}
SECTIONS = {
    "follow-up": {"overdue": "decision"},
    "flows": {"returned": "flows"},
    "velocity": {"lead_velocity": "months", "slowest": "stages"},
    "health": {"calibration": "bands", "silent": "rules", "negative": "rules"},
    "agreement": {"owed": "owed"},
}


def cell_of(report: str, figure: Figure) -> Cell | None:
    """The number whose rows stand behind a figure; None where it is of several."""
    return CELLS.get(report, {}).get(figure.name)


def section_of(report: str, figure: Figure, answer: Answer) -> str:
    """The table in which a figure of several numbers is found; the first one."""
    named = SECTIONS.get(report, {}).get(figure.name)
    return named or (answer.sections[0].name if answer.sections else "")
