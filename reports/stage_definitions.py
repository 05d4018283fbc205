"""What the numbers mean that stand beside the funnel and are no conversion."""

from django.utils.translation import gettext_lazy as _

from reports.definitions import Definition

ENTRIES = Definition(
    "entries",
    _("Entries of a period"),
    _(
        "First entries of a qualification cycle into each stage. A stage that was"
        " skipped was entered at the same moment; stepping down and coming back is no"
        " entry."
    ),
    _("Entries in the period, wherever their cycle began."),
    _("None: they are counts."),
)
PERIOD_RATIO = Definition(
    "period-ratio",
    _("Period ratio"),
    _(
        "Entries into a stage ÷ entries into the stage before, both in the period. It"
        " tells of capacity and is no conversion rate: they are not the same leads, so"
        " it may exceed 1, and it rises when fewer come in."
    ),
    _("Entries in the period; nothing is followed beyond it."),
    _("Entries into the stage before; with fewer than 20 nothing is told."),
)
SNAPSHOT = Definition(
    "snapshot",
    _("Stage snapshot"),
    _(
        "Leads that stand in a stage now. One stage divided by another is no conversion"
        " rate: quick stages are always nearly empty."
    ),
    _("As of now, whatever the period."),
    _("None: it is a count. Erased people are left out."),
)
REFERENCE_BAND = Definition(
    "reference-band",
    _("Reference band, 35–45 %"),
    _(
        "A share of MQLs that become SQLs which is often called healthy. A weak"
        " reference: published figures run from 5 to 40 %, mostly since each means"
        " something else by an MQL. Compare with your own past first."
    ),
    _("None that its sources agree on; here it is drawn beside your own window."),
    _("MQLs, by whatever each source calls so."),
)
THROUGHPUT = (ENTRIES, PERIOD_RATIO, SNAPSHOT)
