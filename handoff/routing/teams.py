"""Making teams, naming them, and saying which takes what no rule names.

None is deleted: without reps a team is given nothing, and what it decided stays told.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from handoff import setting_changes
from handoff.choices import SettingKind
from handoff.setting_changes import By
from leads.models import Team


class TeamError(Exception):
    """The team cannot be so; the message says why."""


def save(*, team: Team | None, name: str, is_default: bool, by: By) -> Team:
    """Make a team, or without None change this one.

    There is one default at most: whichever was it before is it no more. The default
    itself stays it until another is.

    Raises:
        TeamError: somebody else has made a team of this name meanwhile.
    """
    try:
        with transaction.atomic():
            return _saved(team, name, is_default, by)
    except IntegrityError as error:
        text = _("Somebody else has just changed the teams; look at them again.")
        raise TeamError(text) from error


def _saved(team: Team | None, name: str, is_default: bool, by: By) -> Team:
    held = {one.pk: one for one in Team.objects.order_by("pk").select_for_update()}
    changed = held[team.pk] if team else Team(is_default=False)
    before = _facts(changed) if team else {}
    for former in held.values():
        if is_default and former.is_default and former != changed:
            _step_back(former, by)
    changed.name, changed.is_default = name, changed.is_default or is_default
    changed.save()
    _record(changed, before, by)
    return changed


def _step_back(former: Team, by: By) -> None:
    before = _facts(former)
    former.is_default = False
    former.save(update_fields=["is_default"])
    _record(former, before, by)


def _record(team: Team, before: dict[str, str], by: By) -> None:
    setting_changes.record(
        kind=SettingKind.TEAM,
        subject=str(team),
        before=before,
        after=_facts(team),
        by=by,
    )


def _facts(team: Team) -> dict[str, str]:
    return {
        _("Name"): team.name,
        _("Takes leads that no rule names"): _("yes") if team.is_default else _("no"),
    }
