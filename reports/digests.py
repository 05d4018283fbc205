"""The weekly mail: who wants it, owing it on Mondays, and sending it at most once.

Its pictures are tables whose cells are as wide as the numbers are big: they need no
file that a mail reader would hide, and are read out as the figures that they are.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leads import bells
from leads.models import User
from leads.owed import OwedState
from leads.smtp import NOT_TAKEN
from reports import dashboards, tiles
from reports.dashboards import Shown
from reports.forms import PeriodForm
from reports.models import Dashboard, Digest, DigestWish
from reports.tiles import Drawn
from reports.words import grouped

# Mondays at this hour in the zone of the workspace.
DUE_AT = time(7)
# What could not be owed for so long is left to the next week.
LATEST = timedelta(days=2)
BATCH = 50
# A bar is as long as this many of a hundred parts at most, so that its text fits.
LONGEST = 70
# What a phone has room for side by side; of more, the facts of a row follow each other.
MOST_COLUMNS = 4


def wish(*, person: User, dashboard: Dashboard | None, now: datetime) -> None:
    """From the next Monday on the person gets this dashboard, or that of the role."""
    DigestWish.objects.update_or_create(
        person=person, defaults={"dashboard": dashboard, "wished_at": now}
    )


def unwish(*, person: User) -> None:
    """No weekly mail any more; one that waits is cancelled when its turn comes."""
    DigestWish.objects.filter(person=person).delete()


def owe(*, now: datetime) -> int:
    """Owe this week's mail to whoever wants it and has none; how many are new."""
    monday = week_of(now)
    due_at = datetime.combine(monday, DUE_AT, timezone.get_default_timezone())
    if not due_at <= now < due_at + LATEST:
        return 0
    wanting = DigestWish.objects.filter(wished_at__lte=due_at, person__is_active=True)
    there = Digest.objects.filter(week=monday).values("person")
    new = list(wanting.exclude(person__in=there).values_list("person", flat=True))
    Digest.objects.bulk_create(
        [Digest(person_id=pk, week=monday, not_before=due_at) for pk in new],
        ignore_conflicts=True,
    )
    return len(new)


def week_of(now: datetime) -> date:
    """The Monday of this week in the zone of the workspace."""
    today = timezone.localdate(now, timezone.get_default_timezone())
    return today - timedelta(days=today.weekday())


def send_owed(*, now: datetime) -> int:
    """Send what is owed, each at most once; how many were sent."""
    _doubt_left_behind(now)
    Digest.objects.give_up(now=now)
    sent = 0
    for _turn in range(BATCH):
        digest = Digest.objects.take(now=now)
        if digest is None:
            break
        wanted = DigestWish.objects.filter(person=digest.person, person__is_active=True)
        if (found := wanted.select_related("dashboard").first()) is None:
            Digest.objects.cancel(digest, now=now)
            continue
        if not _send(digest, found, now):
            break
        sent += 1
    return sent


def send_again(*, digest: Digest, now: datetime) -> bool:
    """A person wants one that is stuck, or perhaps sent, to go out after all."""
    rows = Digest.objects.filter(pk=digest.pk)
    rows.stuck().order_by().update(handed_over_at=None)
    is_due = bool(rows.run_again(now=now))
    if is_due:
        bells.ring("digests_owed")
    return is_due


def message(*, digest: Digest, shown: Shown, now: datetime) -> EmailMultiAlternatives:
    """The mail: HTML without a file or style sheet, and the same as plain text."""
    context = _context(digest.person, shown, now)
    title = _("{name}, week of {day}").format(
        name=shown.name, day=date_format(digest.week, "j F Y")
    )
    context["title"] = " ".join(title.split())
    mail = EmailMultiAlternatives(
        subject=context["title"],
        body=render_to_string("dashboards/digest_mail.txt", context),
        to=[digest.person.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    page = render_to_string("dashboards/digest_mail.html", context)
    mail.attach_alternative(page, "text/html")
    return mail


def _context(person: User, shown: Shown, now: datetime) -> dict[str, Any]:
    form = PeriodForm({"period": shown.period}, now=now)
    form.is_valid()
    period = form.cleaned_period()
    drawn = tiles.draw(shown.keys, query=form.frozen_query(), reader=person, now=now)
    path = reverse("dashboards:home")
    if shown.kept is not None:
        path = shown.kept.get_absolute_url()
    site = settings.SITE_URL.rstrip("/")
    return {
        "period": period,
        "tiles": [
            {**each, "bars": bars_of(each), "is_wide": _is_wide(each)} for each in drawn
        ],
        "may_open": person.has_perm("leads.view_reports"),
        "site": site,
        "address": f"{site}{path}",
    }


def _is_wide(tile: Drawn) -> bool:
    """Whether its table has more columns than a phone has room for."""
    return len((tile["section"] or {}).get("head", ())) > MOST_COLUMNS


def bars_of(tile: Drawn) -> list[dict[str, Any]]:
    """The chart of a tile as bars: label, text, and `percent` of the width, 0 to 70."""
    chart = (tile["section"] or {}).get("chart") or {}
    if chart.get("kind") == "steps":
        rows = [
            (each["label"], each["count"], each["count"]) for each in chart["steps"]
        ]
    elif chart.get("kind") == "bars":
        rows = [(each["label"], each["value"], _with_n(each)) for each in chart["rows"]]
    elif chart.get("kind") == "pareto":
        rows = [(each["label"], each["value"], each["value"]) for each in chart["rows"]]
    else:
        return []
    highest = max((value or 0 for _label, value, _text in rows), default=0)
    return [
        {
            "label": label,
            "text": text,
            "percent": round(LONGEST * (value or 0) / highest) if highest else 0,
        }
        for label, value, text in rows
    ]


def _with_n(bar: dict[str, Any]) -> str:
    """What a bar says; a rate beside what it is a share of."""
    if bar["value"] is None or bar["n"] is None:
        return str(bar["text"])
    return _("{rate} (n {n})").format(rate=bar["text"], n=grouped(bar["n"]))


def _send(digest: Digest, wished: DigestWish, now: datetime) -> bool:
    """Send one that is held; False where it did not go out."""
    dashboard = wished.dashboard
    if dashboard is not None and not _may_open(digest.person, dashboard):
        dashboard = None
    shown = dashboards.kept(dashboard) if dashboard else None
    mail = message(
        digest=digest, shown=shown or dashboards.of_role(digest.person), now=now
    )
    held = Digest.objects.held(digest)
    if not held.update(handed_over_at=now):
        return True  # somebody else has it by now
    try:
        mail.send()
    except NOT_TAKEN as error:
        held.update(handed_over_at=None)
        Digest.objects.fail(digest, error=f"{type(error).__name__}: {error}", now=now)
        return False
    except OSError as error:
        _doubt(digest, f"{type(error).__name__}: {error}", now)
        return False
    return Digest.objects.finish(digest, now=now)


def _may_open(person: User, dashboard: Dashboard) -> bool:
    return dashboard.is_shared or dashboard.owner_id == person.pk


def _doubt_left_behind(now: datetime) -> None:
    """Those whose worker ended after it had handed them over."""
    left = Digest.objects.exclude(state=OwedState.STUCK).owed(now=now)
    for digest in left.exclude(handed_over_at=None)[:BATCH]:
        if Digest.objects.claim(digest.pk, now=now):
            digest.refresh_from_db()
            _doubt(digest, _("The worker ended while it was sending."), now)


def _doubt(digest: Digest, reason: str, now: datetime) -> None:
    """Let a person decide: it may have arrived."""
    in_doubt = _("Perhaps sent: {reason}").format(reason=reason)
    Digest.objects.abandon(digest, error=in_doubt, now=now)
