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
        " interval; the counts are those of today."
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

FUNNEL = (ENTERED, CONVERSION, PROVISIONAL, INTERVAL)
ACCEPTANCE = (
    ACCEPTED_OF_DECIDED,
    ACCEPTED_OF_ALL,
    MISROUTE_RATE,
    SILENT_RATE,
    REJECTIONS,
    INTERVAL,
)
