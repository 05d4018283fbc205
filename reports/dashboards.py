"""Dashboards: who has which, and the one way they are arranged, frozen and revoked."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from leads.choices import Role
from leads.models import User
from reports.models import Dashboard, DashboardTile, FrozenDashboard
from reports.periods import Preset
from reports.tiles import OF_ROLE, TILES, Drawn

MOST_TILES = 24
MOST_DASHBOARDS = 50


class DashboardError(Exception):
    """It cannot be arranged like this; the message says why."""


@dataclass(frozen=True)
class Shown:
    """What a page shows: a kept dashboard, or that of a role, which nobody arranged."""

    name: str
    keys: tuple[str, ...]
    wide: frozenset[str]
    period: str
    kept: Dashboard | None = None

    @property
    def number(self) -> str:
        """What a form calls it by; empty is that of the role."""
        return str(self.kept.pk) if self.kept else ""


def visible_to(user: User) -> QuerySet[Dashboard]:
    """The person's own dashboards, and those that are shared."""
    found = Dashboard.objects.filter(Q(owner=user) | Q(is_shared=True))
    return found.select_related("owner").order_by("name", "pk")


def of_role(user: User) -> Shown:
    """The dashboard that the person's role begins with."""
    group = user.groups.first()
    role = Role(group.name) if group and group.name in Role else Role.MARKETER
    period = Preset.MONTHS_12.value
    return Shown(str(role.label), OF_ROLE[role], frozenset(), period)


def kept(dashboard: Dashboard) -> Shown:
    """A dashboard with the tiles that there are."""
    tiles = [tile for tile in dashboard.tiles.all() if tile.key in TILES]
    return Shown(
        dashboard.name,
        tuple(tile.key for tile in tiles),
        frozenset(tile.key for tile in tiles if tile.is_wide),
        dashboard.period,
        dashboard,
    )


@transaction.atomic
def create(*, owner: User, name: str, keys: Sequence[str]) -> Dashboard:
    """A dashboard of one's own with these tiles.

    Raises:
        DashboardError: the person has too many.
    """
    if Dashboard.objects.filter(owner=owner).count() >= MOST_DASHBOARDS:
        text = _("More than {most} dashboards are of no use.")
        raise DashboardError(text.format(most=MOST_DASHBOARDS))
    made = Dashboard.objects.create(owner=owner, name=name[:100])
    DashboardTile.objects.bulk_create(
        DashboardTile(dashboard=made, key=key, position=place)
        for place, key in enumerate(keys)
    )
    return made


def change(*, dashboard: Dashboard, name: str, period: Preset, is_shared: bool) -> None:
    """Say what it is called, its usual period, and whether everybody may open it."""
    dashboard.name, dashboard.period, dashboard.is_shared = name, period, is_shared
    dashboard.save(update_fields=["name", "period", "is_shared"])


@transaction.atomic
def add(*, dashboard: Dashboard, key: str) -> None:
    """Put a tile at the end; one that is there stays where it is.

    Raises:
        DashboardError: there is no such tile, or no room for more.
    """
    if key not in TILES:
        raise DashboardError(_("There is no such tile."))
    tiles = _locked(dashboard)
    if tiles.count() >= MOST_TILES:
        text = _("A dashboard has at most {most} tiles.")
        raise DashboardError(text.format(most=MOST_TILES))
    last = tiles.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    DashboardTile.objects.get_or_create(
        dashboard=dashboard, key=key, defaults={"position": position}
    )


def remove(*, dashboard: Dashboard, key: str) -> None:
    dashboard.tiles.filter(key=key).delete()


def widen(*, dashboard: Dashboard, key: str) -> None:
    """Let a tile have the whole width, or no longer."""
    for tile in dashboard.tiles.filter(key=key):
        tile.is_wide = not tile.is_wide
        tile.save(update_fields=["is_wide"])


@transaction.atomic
def move(*, dashboard: Dashboard, key: str, by: int) -> None:
    """Move a tile by so many places; at an end it stays there."""
    keys = [tile.key for tile in _locked(dashboard)]
    if key in keys:
        place(dashboard=dashboard, key=key, at=keys.index(key) + by)


@transaction.atomic
def place(*, dashboard: Dashboard, key: str, at: int) -> None:
    """Put a tile at a place from 0; beyond an end it is the first or the last one."""
    tiles = {tile.key: tile for tile in _locked(dashboard)}
    if key not in tiles:
        return
    ordered = [tile for tile in tiles.values() if tile.key != key]
    ordered.insert(min(max(at, 0), len(ordered)), tiles[key])
    for position, each in enumerate(ordered):
        each.position = position
    DashboardTile.objects.bulk_update(ordered, ["position"])


def delete(*, dashboard: Dashboard) -> None:
    dashboard.delete()


def freeze(
    *, shown: Shown, words: str, drawn: list[Drawn], actor: User, now: datetime
) -> FrozenDashboard:
    """Keep what is shown, under an address that nobody can guess."""
    return FrozenDashboard.objects.create(
        token=secrets.token_urlsafe(24),
        name=shown.name,
        words=words[:500],
        drawn=drawn,
        taken_by=actor,
        taken_at=now,
    )


def revoke(*, frozen: FrozenDashboard, now: datetime) -> None:
    """Let the link open nothing any more; the figures go."""
    FrozenDashboard.objects.filter(pk=frozen.pk, revoked_at=None).update(
        revoked_at=now, drawn=[]
    )


def _locked(dashboard: Dashboard) -> QuerySet[DashboardTile]:
    Dashboard.objects.select_for_update().get(pk=dashboard.pk)
    return dashboard.tiles.all()
