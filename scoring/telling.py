"""Telling managers and marketing that another version of the model decides.

Called in the transaction that activates it.
"""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from leads import notifications
from leads.choices import NotificationKind, Role
from leads.models import User
from leads.notifications import News
from scoring import comparison
from scoring.comparison import Comparison
from scoring.models import ScoringModel

# So many of the lines that differ are named; the rest are counted.
MOST_NAMED = 4


def tell_activated(
    *,
    model: ScoringModel,
    former: ScoringModel,
    actor: User | None,
    now: datetime,
) -> None:
    """Tell whoever works with scores, but not whoever did it."""
    title = _("{person} let version {version} of the scoring model decide")
    if actor is None:
        title = _("Version {version} of the scoring model decides")
    lines = [what_changed(comparison.compare(before=former, after=model)), model.note]
    address = reverse("scoring:compare", args=[model.version])
    people = User.objects.filter(
        is_active=True, groups__name__in=(Role.MANAGER, Role.MARKETER)
    ).distinct()
    if actor is not None:
        people = people.exclude(pk=actor.pk)
    news = [
        News(
            person_id=person_id,
            kind=NotificationKind.MODEL_ACTIVATED,
            event=f"scoring model {model.pk} activated {now.isoformat()}",
            title=title.format(person=actor, version=model.version),
            lines=tuple(filter(None, lines)),
            path=f"{address}?with={former.version}",
            about=model.pk,
        )
        for person_id in people.order_by("pk").values_list("pk", flat=True)
    ]
    notifications.notify(news=news, now=now)


def what_changed(found: Comparison) -> str:
    """“Changed: Webinar (added), Gates, and 3 more”, or that nothing differs."""
    if found.is_empty:
        return _("It says the same as the version before.")
    named = list(_names(found))
    rest = len(named) - MOST_NAMED
    told = named[:MOST_NAMED]
    if rest > 0:
        told.append(_("and {count} more").format(count=rest))
    return _("Changed: {what}").format(what=", ".join(told))


def _names(found: Comparison) -> Iterator[str]:
    states = {
        "added": _("{line} (new)"),
        "removed": _("{line} (gone)"),
        "changed": "{line}",
        "moved": _("{line} (elsewhere)"),
    }
    for line in (*found.rules, *found.criteria):
        yield states[line.state].format(line=line.title)
    for what, _before, _after in (*found.gates, *found.settings):
        yield what
