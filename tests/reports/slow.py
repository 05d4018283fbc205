"""Every KPI once more, from plain rows and by plain loops; it knows no SQL.

`Rows` reads the tables whole; what is asked of it mirrors the words of KPIS, not the
statements of the product.
"""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from math import inf

from django.utils import timezone

from handoff.models import Clock, Deal, Handoff
from leads.choices import PATH, Stage
from leads.models import Activity, Lead, StageChange, Standing

NOT_QUALITY = ("routing", "duplicate")
SALES = ("call", "email_sent", "meeting")
NO_TOUCH = ("call", "email_sent", "meeting", "note", "message", "email_bounced")


class Rows:
    """All rows of the tables that reports read, as they are."""

    def __init__(self, period, now):
        self.period, self.now = period, now
        self.leads = {lead.pk: lead for lead in Lead.objects.select_related("campaign")}
        changes = StageChange.objects.order_by("at", "pk")
        self.changes = [change for change in changes if not change.is_undone]
        self.handoffs = list(Handoff.objects.select_related("reason", "rep"))
        self.deals = list(Deal.objects.select_related("handoff"))
        self.clocks = list(Clock.objects.select_related("handoff"))
        self.activities = list(
            Activity.objects.select_related("actor").order_by("occurred_at", "pk")
        )
        self.standings = list(Standing.objects.all())
        self.cycles = defaultdict(list)
        for change in self.changes:
            self.cycles[change.lead_id, change.cycle].append(change)

    def inside(self, at):
        return at is not None and self.period.start_at <= at < self.period.end_at

    def source(self, lead_id):
        return self.leads[lead_id].source.strip() or "none"

    # --- Entries into stages -------------------------------------------------------

    def entries(self, stage, *, first_only=False):
        """(lead, cycle) → the first entry of the cycle, where it lies in the period."""
        found = {}
        for key, steps in self.cycles.items():
            at = min((s.at for s in steps if s.to_stage == stage), default=None)
            if self.inside(at):
                found[key] = at
        if first_only:
            least = {}
            for lead_id, cycle in found:
                least[lead_id] = min(cycle, least.get(lead_id, cycle))
            found = {k: at for k, at in found.items() if k[1] == least[k[0]]}
        return found

    def came(self, key, stage):
        """When the cycle first was in the stage or beyond it; None if never."""
        beyond = PATH[PATH.index(stage) :]
        return min(
            (s.at for s in self.cycles[key] if s.to_stage in beyond), default=None
        )

    def funnel(self, cohort, window_days, *, first_only=False):
        """Source → counts by stage, `entered` and `matured`."""
        found = defaultdict(Counter)
        for key, at in self.entries(cohort, first_only=first_only).items():
            counts = found[self.source(key[0])]
            counts["entered"] += 1
            window = window_days and timedelta(days=window_days)
            counts["matured"] += window is None or at + window <= self.now
            for stage in PATH[PATH.index(cohort) + 1 :]:
                then = self.came(key, stage)
                in_time = then is not None and (
                    window is None or whole(then) - whole(at) <= window.total_seconds()
                )
                counts[stage.value] += in_time
        return found

    def kaplan_meier(self, cohort, stage, window_days):
        """One less the product over the days of the share that did not convert."""
        lives = []
        for key, at in self.entries(cohort).items():
            then = self.came(key, stage)
            after = None if then is None else whole(then) - whole(at)
            if after is not None and after <= window_days * 86_400:
                lives.append((max(after // 86_400, 0), True))
            else:
                watched = (whole(self.now) - whole(at)) // 86_400
                lives.append((max(min(watched, window_days), 0), False))
        left = 1.0
        for day in sorted({day for day, _ in lives}):
            at_risk = sum(each >= day for each, _ in lives)
            left *= 1 - lives.count((day, True)) / at_risk
        return 1 - left

    def stays(self):
        """Stage → seconds of the stays that ended in the period, as they are told."""
        found = defaultdict(list)
        by_lead = defaultdict(list)
        for change in self.changes:
            by_lead[change.lead_id].append(change)
        for changes in by_lead.values():
            for before, after in pairwise(changes):
                is_true = not (
                    before.is_imported or before.is_inferred or after.is_imported
                )
                is_stay = after.from_stage == before.to_stage != after.to_stage
                if is_true and is_stay and self.inside(after.at):
                    seconds = whole(after.at) - whole(before.at)
                    unit = 3_600 if seconds >= 86_400 else 60
                    found[after.from_stage].append(seconds // unit * unit)
        return found

    def ages(self):
        """Stage → whole hours since the entry of who is there, in seconds."""
        found = defaultdict(list)
        for standing in self.standings:
            lead = self.leads[standing.lead_id]
            if lead.erased_at is None and standing.stage_cause != "import":
                hours = (whole(self.now) - whole(standing.stage_since)) // 3_600
                found[standing.stage].append(max(0, hours * 3_600))
        return found

    def qualified(self):
        """(lead, instant, seconds) of each cycle's first true entry into SQL."""
        found = []
        for (lead_id, cycle), steps in self.cycles.items():
            sqls = [s for s in steps if s.to_stage == Stage.SQL]
            sqls = [s for s in sqls if s.at < self.period.end_at]
            true = [s.at for s in sqls if not s.is_imported]
            if not true or min(s.at for s in sqls) < self.period.start_at:
                continue
            start = self.leads[lead_id].created_at
            if cycle > 1:
                iqls = [s.at for s in steps if s.to_stage == Stage.IQL]
                start = min(iqls, default=min(true))
            took = max(0, whole(min(true)) - whole(start))
            found.append((lead_id, min(true), took))
        return found

    def delivered(self):
        """Month → first true entries into SQL; one imported a month before is none."""
        counts = Counter()
        for steps in self.cycles.values():
            sqls = [s for s in steps if s.to_stage == Stage.SQL]
            sqls = [s for s in sqls if s.at < self.period.end_at]
            true = [s.at for s in sqls if not s.is_imported]
            if true and month(min(true)) == month(min(s.at for s in sqls)):
                counts[month(min(true))] += 1
        return counts

    # --- Hand-offs -----------------------------------------------------------------

    def routed(self, *, first_only=False):
        found = [h for h in self.handoffs if self.inside(h.routed_at)]
        if first_only:
            least = {}
            for h in found:
                least[h.lead_id] = min(h.cycle, least.get(h.lead_id, h.cycle))
            found = [h for h in found if h.cycle == least[h.lead_id]]
        return found

    def acceptance(self, handoffs):
        """What became of these hand-offs, by the names of the report."""
        counts = Counter()
        for each in handoffs:
            outcome = {"pending": "waiting"}.get(each.status, each.status)
            if each.status == "rejected" and each.reason.category in NOT_QUALITY:
                outcome = {"routing": "misrouted"}.get(
                    each.reason.category, "duplicate"
                )
            counts[outcome] += 1
            is_late = each.due_at <= self.now
            counts["silent"] += outcome == "expired" or (
                outcome == "waiting" and is_late
            )
            counts["matured"] += is_late
            counts["matured_accepted"] += is_late and outcome == "accepted"
            has_deal = any(deal.handoff_id == each.pk for deal in self.deals)
            counts["opportunities"] += outcome == "accepted" and has_deal
        return counts

    def first_touch(self, handoff):
        return min(
            (
                a.occurred_at
                for a in self.activities
                if a.lead_id == handoff.lead_id
                and a.kind in SALES
                and not a.is_machine
                and a.actor is not None
                and handoff.routed_at < a.occurred_at <= self.now
            ),
            default=None,
        )

    def waits(self):
        """Measure → (seconds, whether it is over) of each hand-off of the period."""
        found = {"response": [], "prospect": [], "latency": []}
        for each in self.routed():
            touched = self.first_touch(each)
            if each.rep_id and each.assigned_at:
                closed = each.status in ("rejected", "expired", "withdrawn")
                last = each.decided_at if closed else self.now
                is_over = touched is not None and touched <= last
                end = touched if is_over else last
                spent = max(0, (end - each.assigned_at).total_seconds())
                found["response"].append((spent, is_over))
            same = [
                h
                for h in self.handoffs
                if (h.lead_id, h.cycle) == (each.lead_id, each.cycle)
            ]
            qualified = min(
                (
                    s.at
                    for s in self.cycles[each.lead_id, each.cycle]
                    if s.to_stage == Stage.SQL and not s.is_imported
                ),
                default=None,
            )
            is_first = all(h.routed_at >= each.routed_at for h in same)
            if is_first and qualified is not None and qualified <= each.routed_at:
                for name, end in (("prospect", touched), ("latency", each.assigned_at)):
                    seconds = ((end or self.now) - qualified).total_seconds()
                    found[name].append((max(0.0, seconds), end is not None))
        return found

    def promises(self, kind, inside=None):
        """What became of the promises that are due in the period."""
        counts = Counter()
        for each in self.clocks:
            if each.kind != kind or not (inside or self.inside)(each.due_at):
                continue
            is_running = each.outcome == "running"
            is_overdue = is_running and each.due_at <= self.now and not each.paused_at
            counts["met"] += each.outcome == "met"
            counts["missed"] += each.outcome == "missed" or is_overdue
            counts["overdue"] += is_overdue
            counts["ahead"] += is_running and not is_overdue
            counts["cancelled"] += each.outcome == "cancelled"
        counts["due"] = counts["met"] + counts["missed"]
        return counts

    def then(self, handoff):
        """The change by which the lead last became an SQL before the hand-off."""
        found = [
            s
            for s in self.cycles[handoff.lead_id, handoff.cycle]
            if s.to_stage == Stage.SQL and s.at <= handoff.routed_at
        ]
        return max(found, key=lambda s: (s.at, s.pk), default=None)

    # --- Money ---------------------------------------------------------------------

    def won(self):
        return [deal for deal in self.deals if self.inside(deal.won_at)]

    def touches(self, deal):
        """What the lead did with what marketing offers, until the deal was won."""
        return [
            a
            for a in self.activities
            if a.lead_id == deal.lead_id
            and not a.is_machine
            and a.kind not in (*NO_TOUCH, "unsubscribed")
            and a.occurred_at <= deal.won_at
        ]

    def earning(self, deal):
        return [a for a in self.touches(deal) if a.occurred_at <= deal.opened_at]

    def is_sourced(self, deal):
        """Whether its lead began with a touch of marketing's, before the deal."""
        mine = [a.occurred_at for a in self.activities if a.lead_id == deal.lead_id]
        earning = self.earning(deal)
        return bool(earning) and earning[0].occurred_at == min(mine)

    def attributed(self, model):
        """Kind of touch → cents, each deal shared out by hand."""
        sums = defaultdict(float)
        for deal in self.won():
            earning = self.earning(deal)
            weights = self._weights(model, deal, [a.occurred_at for a in earning])
            for activity, weight in zip(earning, weights, strict=True):
                sums[activity.kind] += cents(deal) * weight
            if not earning:
                sums["none"] += cents(deal)
        return sums

    def _weights(self, model, deal, times):
        last = len(times) - 1
        if last < 0:
            return []
        sqls = [
            s.at
            for s in self.changes
            if s.lead_id == deal.lead_id and s.to_stage == Stage.SQL
        ]
        before = [n for n, at in enumerate(times) if sqls and at <= min(sqls)]
        middle = before[-1] if before else 0
        raw = {
            "first": [float(n == 0) for n in range(last + 1)],
            "last": [float(n == last) for n in range(last + 1)],
            "linear": [1.0] * (last + 1),
            "u": self._ends([0, last], 0.4, last + 1),
            "w": self._ends([0, middle, last], 0.3, last + 1),
            "decay": [0.5 ** ((times[-1] - at) / timedelta(days=7)) for at in times],
        }[model]
        return [weight / sum(raw) for weight in raw]

    @staticmethod
    def _ends(places, share, count):
        others = count - len(set(places))
        rest = (1 - share * len(places)) / others if others else 0.0
        return [places.count(n) * share or rest for n in range(count)]


def cents(deal):
    return round((deal.amount or 0) * 100)


def whole(at):
    return int(at.timestamp() // 1)


def middle(values):
    """The smallest value that half of them are not above; None of nothing."""
    ordered = sorted(values)
    return ordered[(len(ordered) + 1) // 2 - 1] if ordered else None


def survival_median(waits):
    """Until when half were over, by Kaplan and Meier in plain words."""
    if not waits:
        return None
    left = 1.0
    for time in sorted({time for time, is_over in waits if is_over}):
        at_risk = sum(each >= time for each, _ in waits)
        left *= 1 - waits.count((time, True)) / at_risk
        if left <= 0.5 + 1e-9:
            return time
    return inf


def month(at):
    return f"{timezone.localtime(at, timezone.get_default_timezone()):%Y-%m}"
