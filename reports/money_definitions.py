"""What each reported amount of money means, and what stands beside it."""

from django.utils.translation import gettext_lazy as _

from reports.definitions import INTERVAL, Definition

WON_REVENUE = Definition(
    "won-revenue",
    _("Won revenue"),
    _("Sum of the amounts of won deals, each at the exchange rate of its close."),
    _("Deals won in the period."),
    _("None: it is a sum. A deal without an amount counts as 0."),
)
SOURCED_REVENUE = Definition(
    "sourced-revenue",
    _("Marketing sourced"),
    _(
        "Won revenue of leads whose very first activity was theirs with something of"
        " marketing, before the deal was opened. A first call of sales makes it theirs."
    ),
    _("Deals won in the period."),
    _("All won revenue of the period; never more than it."),
)
CONTRIBUTED_REVENUE = Definition(
    "contributed-revenue",
    _("From accepted SQLs"),
    _("Won revenue of deals that were opened from an accepted hand-off."),
    _("Deals won in the period."),
    _("All won revenue of the period."),
)
ATTRIBUTED_REVENUE = Definition(
    "attributed-revenue",
    _("Attributed revenue"),
    _(
        "Each deal is shared out among the touches before it was opened: all to the"
        " first or the last one; the same to each (linear); 40 % to each end and the"
        " rest between (U); 30 % each to the first, the last before SQL and the last,"
        " the rest between (W); half as much for each 7 days before the last (decay)."
    ),
    _("Deals won in the period. Touches that machines made do not count."),
    _("Won revenue: every model sums to it, to the cent."),
)
INFLUENCED_REVENUE = Definition(
    "influenced-revenue",
    _("Influenced by marketing"),
    _("Won revenue of deals with at least one touch before they were won."),
    _("Deals won in the period."),
    _("None. A deal counts in every channel it met, so it must not be added up."),
)
EXPECTED_VALUE = Definition(
    "expected-value",
    _("Expected value of open SQLs"),
    _(
        "For each grade: amounts of the open SQLs times the share of earlier SQLs of"
        " that grade that won a deal. An open one without a deal counts with the"
        " average won amount."
    ),
    _("Open SQLs of now; win rates of leads that became SQLs 180 to 730 days ago."),
    _("Those earlier SQLs; with fewer than 20 of a grade, those of all grades."),
)
COHORT_LEADS = Definition(
    "cohort-leads",
    _("Leads and how far they came"),
    _("Leads that came in the period, and those of them that reached a stage."),
    _("Leads of the period, as of now; without a limit of time."),
    _("All leads that came in the period."),
)
WON_IN_PERIOD = Definition(
    "won-in-period",
    _("Won in the period"),
    _("Deals by the day they were won, whenever their leads came."),
    _("Deals won in the period."),
    _("None: not to be divided by the leads of the same period."),
)
TIME_TO_WON = Definition(
    "time-to-won",
    _("Median time to won"),
    _("From the moment the lead came until its deal was won."),
    _("Deals won in the period."),
    _("Those deals. Leads still under way are not among them."),
)

REVENUE = (
    WON_REVENUE,
    SOURCED_REVENUE,
    CONTRIBUTED_REVENUE,
    ATTRIBUTED_REVENUE,
    INFLUENCED_REVENUE,
    EXPECTED_VALUE,
    INTERVAL,
)
COST_PER_STAGE = Definition(
    "cost-per-stage",
    _("Cost per stage"),
    _(
        "The whole cost of a campaign ÷ the leads that came by it in the period, and ÷"
        " those of them that came to each stage."
    ),
    _("Campaigns that started in the period; each in its own currency."),
    _("Leads of the campaign that came in the period, as of now."),
)
MQL_TO_WON = Definition(
    "mql-to-won",
    _("From MQL to won"),
    _(
        "From the first entry of the lead into MQL, which is the month of contact,"
        " until its deal was won. A deal that an import dated before it took no time."
    ),
    _("Deals won in the period, whenever their leads became MQLs."),
    _("Those deals, of leads that ever were MQLs."),
)
SOURCES = (
    COST_PER_STAGE,
    COHORT_LEADS,
    WON_IN_PERIOD,
    TIME_TO_WON,
    MQL_TO_WON,
    INTERVAL,
)
