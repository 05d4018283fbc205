"""What each reported number means: shown beside it, and printed in the user guide."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Definition:
    """The meaning of one metric; `slug` names it in addresses and ids."""

    slug: str
    name: Text
    formula: Text
    window: Text
    denominator: Text


ENTERED = Definition(
    "entered",
    _("Entered"),
    _(
        "The first entry of a lead into the chosen stage in one qualification cycle. A"
        " lead that was recycled and qualifies again is a new entry; stepping down and"
        " coming back is not."
    ),
    _(
        "The entry lies in the period, whose first day counts and whose last date does"
        " not, in the time zone of the workspace."
    ),
    _("None: it is a count."),
)
CONVERSION = Definition(
    "conversion",
    _("Conversion"),
    _(
        "Entries whose lead came to the stage, or to one beyond it, in the same cycle."
        " What happened later, such as stepping down, does not undo it."
    ),
    _(
        "Within the chosen days of 24 hours after the entry. A deal imported with a"
        " date before the entry counts."
    ),
    _("All who entered in the period, not those who entered the stage before."),
)
PROVISIONAL = Definition(
    "provisional",
    _("Provisional"),
    _(
        "Some of the entries are younger than the window. The rate is then estimated by"
        " Kaplan and Meier from what each entry has had time to do, with Greenwood's"
        " interval, and Wilson's where nobody or everybody has converted; the counts"
        " are those of today."
    ),
    _("Holds for as many days as the oldest entry was watched, at most the window."),
    _("All who entered; the share of those with a full window is shown."),
)
INTERVAL = Definition(
    "interval",
    _("Interval and n"),
    _(
        "Beside each rate stands its 95 % Wilson interval: with so few or so many"
        " leads, the true rate lies in it 19 times out of 20."
    ),
    _("That of the rate."),
    _("n, what the rate is a share of. Below n = 20 no rate is shown."),
)
ACCEPTED_OF_DECIDED = Definition(
    "accepted-of-decided",
    _("Acceptance (decided)"),
    _("Accepted ÷ (accepted + rejected for the quality of the lead)."),
    _("Hand-offs routed in the period."),
    _(
        "Decided hand-offs; rejections as misrouted or duplicate say nothing about the"
        " lead and are left out."
    ),
)
ACCEPTED_OF_ALL = Definition(
    "accepted-of-all",
    _("Acceptance (all)"),
    _("Accepted ÷ all routed."),
    _("Hand-offs routed in the period whose time to decide is over."),
    _("Everything routed, expired, misrouted and withdrawn ones included."),
)
DEAL_OF_ACCEPTED = Definition(
    "deal-of-accepted",
    _("Deal of accepted"),
    _(
        "Accepted hand-offs that a deal was opened for ÷ accepted. It stands beside"
        " acceptance, since whoever accepts everything would look best alone."
    ),
    _("Hand-offs routed in the period, as of now; younger ones have had less time."),
    _("Accepted hand-offs."),
)
MISROUTE_RATE = Definition(
    "misroute-rate",
    _("Misroute rate"),
    _("Rejected because they were routed to the wrong person ÷ routed."),
    _("Hand-offs routed in the period."),
    _("Everything routed."),
)
SILENT_RATE = Definition(
    "silent-rate",
    _("Silent rate"),
    _("Expired, or undecided past the time to decide ÷ routed."),
    _("Hand-offs routed in the period, as they stand now."),
    _("Everything routed."),
)
REJECTIONS = Definition(
    "rejections",
    _("Rejections by category"),
    _("Rejected hand-offs by the category of their reason."),
    _("Hand-offs routed in the period."),
    _("All rejections, those as misrouted or duplicate included."),
)
REP_RESPONSE = Definition(
    "rep-response",
    _("Rep response"),
    _(
        "Working time from the assignment to the first call, e-mail or meeting of"
        " somebody in sales, by the calendar of the rep or the team. What machines send"
        " does not count, nor what was before the hand-off."
    ),
    _("Hand-offs routed in the period, watched until now or until they were closed."),
    _(
        "Hand-offs to a rep. Those not followed up are watched, not dropped: a time"
        " that fewer reached is “not reached”."
    ),
)
PROSPECT_WAIT = Definition(
    "prospect-wait",
    _("Prospect wait"),
    _(
        "Time by the clock from becoming an SQL to the first call, e-mail or meeting of"
        " somebody in sales."
    ),
    _("First hand-offs of a qualification cycle that were routed in the period."),
    _("Those hand-offs, but for leads whose entry was imported: it has no true time."),
)
SYSTEM_LATENCY = Definition(
    "system-latency",
    _("System latency"),
    _("Time by the clock from becoming an SQL until a rep had the lead."),
    _("First hand-offs of a qualification cycle that were routed in the period."),
    _("Those hand-offs; what waits in the pool is watched, not dropped."),
)
WAITING = Definition(
    "waiting-not-dropped",
    _("Not contacted"),
    _(
        "Hand-offs without a contact: some still wait, others were decided, withdrawn"
        " or given away before anybody was in touch; of the system latency, those that"
        " no rep had. Median, 75 % and 90 % are estimated by Kaplan and Meier, so that"
        " none of them is dropped."
    ),
    _("As of now; a rep's response is watched no longer than the hand-off was open."),
    _("None: it is a count."),
)
WITHIN = Definition(
    "within",
    _("Within target"),
    _("Contacted within the chosen time ÷ those whose time is over or who were."),
    _("The rep's target is working time, the others are by the clock."),
    _("Without those whose target still lies ahead."),
)
ATTAINMENT = Definition(
    "attainment",
    _("Promises met"),
    _("Met ÷ (met + missed), each by what was promised for that hand-off."),
    _("Promises due in the period."),
    _("Without those not due yet, paused ones and cancelled ones."),
)
MISSED = Definition(
    "missed-and-past-due",
    _("Missed ever and past due now"),
    _(
        "Missed ever: the time promised passed, whatever came later. Past due now: it"
        " passed and nothing has happened yet. The cause is who held the lead then."
    ),
    _("Promises due in the period."),
    _("None: they are counts."),
)

STAGE_TIME = Definition(
    "stage-time",
    _("Time in a stage"),
    _(
        "From the entry into a stage to the next change of the lead, for each stay."
        " Up to a day it is told in minutes, beyond it in whole hours."
    ),
    _("Stays that ended in the period; the clock on the wall, day and night."),
    _(
        "Those stays. Imported and inferred entries have no true time and are left"
        " out. Beside them stands the age of what has not ended, since completed stays"
        " alone look too short."
    ),
)
OPEN_AGE = Definition(
    "open-age",
    _("Age of those there now"),
    _("Time since the lead entered the stage in which it is, in whole hours."),
    _("As of now, whatever the period."),
    _("Leads in the stage, but for those whose entry was imported."),
)
LEAD_VELOCITY = Definition(
    "lead-velocity",
    _("Lead velocity rate"),
    _(
        "SQLs of a month less those of the month before ÷ those of the month before. A"
        " lead counts with its first entry into SQL in a qualification cycle."
    ),
    _("Calendar months of the workspace; the figure is of the last full one."),
    _("SQLs of the month before; of fewer than 20 no rate is told."),
)
TIME_TO_SQL = Definition(
    "time-to-sql",
    _("Median time to SQL"),
    _(
        "From the moment the lead came to its first entry into SQL; in a later"
        " qualification cycle from its entry into IQL."
    ),
    _("By the month of that entry; time by the clock, day and night."),
    _("SQLs of the month. Leads still under way are not among them."),
)
PIPELINE_VELOCITY = Definition(
    "pipeline-velocity",
    _("Pipeline velocity"),
    _(
        "Open deals times win rate times average won amount ÷ median days from opening"
        " to end: money a day."
    ),
    _(
        "Open deals are those of now. The rest is of decided deals that were opened in"
        " the period at least 90 days ago."
    ),
    _("Decided deals; with fewer than 20 nothing is told."),
)
SPREAD = Definition(
    "spread",
    _("Spread"),
    _(
        "How many of them were how long: two halves of one median can be far apart. A"
        " time counts in the first row whose end it is not above."
    ),
    _("That of the report."),
    _("All of them; those without a contact, or without a rep, have their own row."),
)
BOTTLENECK = Definition(
    "bottleneck",
    _("Bottleneck"),
    _(
        "The step between two neighbouring stages after which the smallest share of the"
        " cohort is left, and the stage with the longest median stay. Where that is"
        " SQL, the wait until sales accepted is told in business hours too."
    ),
    _(
        "The cohort of the period; stays that ended in it, by the clock. Business hours"
        " are those of the calendar of the rep or the team."
    ),
    _("Those of the cohort who came to the stage before."),
)
CALIBRATION = Definition(
    "calibration",
    _("Calibration"),
    _(
        "Hand-offs by the score with which their lead became an SQL, as the model then"
        " had it. A good score has more acceptance in each higher band."
    ),
    _("Hand-offs routed in the period."),
    _("Decided hand-offs of the band. Steps between bands with n from 20 are counted."),
)
WIN_RATE = Definition(
    "win-rate",
    _("Won of all"),
    _("Hand-offs whose deal was won ÷ all hand-offs."),
    _("Hand-offs routed in the period, as of now; younger ones have had less time."),
    _("Everything routed."),
)
LIFT = Definition(
    "lift",
    _("Lift of a rule"),
    _(
        "Acceptance of the leads that a rule touched ÷ acceptance of all. Negative: a"
        " rule that gives points, though the whole interval lies below that of all."
    ),
    _("What counted in the last 90 days under the active model."),
    _("Decided leads that the rule touched; with fewer than 20 no lift is told."),
)
DRIFT = Definition(
    "drift",
    _("Drift by month"),
    _("Median score with which leads became SQLs, beside that month's acceptance."),
    _("Hand-offs routed in the month, with the model versions in force then."),
    _("Hand-offs of the month."),
)

AGREED = Definition(
    "agreement",
    _("Promised and kept"),
    _(
        "Marketing promises a number of SQLs and the share that is accepted; sales"
        " promises to decide and to follow up in time. Beside each stands what came."
    ),
    _("Calendar months of the workspace, whole ones; promises count when due."),
    _("As in acceptance and in promises met."),
)
PROMISED_SQLS = Definition(
    "promised-sqls",
    _("SQLs promised"),
    _(
        "The revenue goal read backwards: goal ÷ average deal ÷ share of accepted SQLs"
        " that are won ÷ share of SQLs that are accepted, each step rounded up."
    ),
    _("The month of the plan. Delivered are first entries into SQL of a cycle."),
    _("None: it is a count."),
)
OWED_LEADS = Definition(
    "owed-leads",
    _("What each side owes"),
    _(
        "Sales: promises past due, of which nothing is paused. Marketing: leads that"
        " were sent back in the last 180 days to put their data right, and are still"
        " recycled."
    ),
    _("As of now, whatever the period."),
    _("None: they are counts."),
)

FUNNEL = (ENTERED, CONVERSION, PROVISIONAL, BOTTLENECK, INTERVAL)
ACCEPTANCE = (
    ACCEPTED_OF_DECIDED,
    ACCEPTED_OF_ALL,
    DEAL_OF_ACCEPTED,
    MISROUTE_RATE,
    SILENT_RATE,
    REJECTIONS,
    INTERVAL,
)
FOLLOW_UP = (
    REP_RESPONSE,
    PROSPECT_WAIT,
    SYSTEM_LATENCY,
    WAITING,
    WITHIN,
    SPREAD,
    ATTAINMENT,
    MISSED,
    INTERVAL,
)
TRIANGLE = Definition(
    "triangle",
    _("Cohort triangle"),
    _(
        "Of those who entered the stage in a month, how many had come to the next one,"
        " or beyond it, 30, 60, up to 180 days after their own entry."
    ),
    _("Months of entry within the period; a field is told once all have had the days."),
    _("All who entered in the month; with fewer than 20 no share is told."),
)
FLOWS_MOVED = Definition(
    "flows",
    _("Moves between stages"),
    _(
        "Every change from one stage to another, also those that were inferred and"
        " those out of recycling. What was taken back does not count."
    ),
    _("Changes in the period."),
    _("None: they are counts, and a lead can move more than once."),
)
FLOWS = (TRIANGLE, FLOWS_MOVED, INTERVAL)
VELOCITY = (
    STAGE_TIME,
    OPEN_AGE,
    SPREAD,
    LEAD_VELOCITY,
    TIME_TO_SQL,
    PIPELINE_VELOCITY,
    INTERVAL,
)
HEALTH = (CALIBRATION, ACCEPTED_OF_DECIDED, WIN_RATE, LIFT, DRIFT, INTERVAL)
AGREEMENT = (AGREED, PROMISED_SQLS, OWED_LEADS, INTERVAL)
