"""Service levels in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff.choices import OnExpiry
from handoff.deadlines import working_span
from handoff.models import WorkingCalendar
from handoff.sla.levels import Level


def level_in_words(level: Level) -> list[str]:
    """What follows when time runs out, a sentence a step."""
    warned = level.decide_seconds * level.warn_percent // 100
    sentences = [
        _("The rep is warned after {time}.").format(time=working_span(warned)),
        _managers(level.escalate_seconds),
        _expiry(level),
    ]
    if level.question_pauses:
        sentences.append(_("The clock stands still while marketing is asked."))
    return sentences


def _managers(seconds: int) -> str:
    if not seconds:
        return _("Managers are told when it is past due.")
    time = working_span(seconds)
    return _("Managers are told when it is {time} past due.").format(time=time)


def _expiry(level: Level) -> str:
    time = working_span(level.expire_seconds)
    if level.on_expiry == OnExpiry.KEEP:
        return _("The lead stays with the rep.")
    if level.on_expiry == OnExpiry.POOL or not level.max_reassignments:
        text = _("{time} past due it goes back to the pool.")
        return text.format(time=time)
    return ngettext(
        "{time} past due it goes to the next rep, once at most, then to the pool.",
        "{time} past due it goes to the next rep, {count} times at most, then to the"
        " pool.",
        level.max_reassignments,
    ).format(time=time, count=level.max_reassignments)


def facts_of_level(level: Level) -> dict[str, str]:
    """What a level says, by what its form calls it."""
    facts = {
        _("Decide within"): working_span(level.decide_seconds),
        _("First follow-up within"): working_span(level.follow_up_seconds),
        _("Warn after"): f"{level.warn_percent} %",
        _("Tell the managers after"): working_span(level.escalate_seconds),
        _("What nobody decides"): str(OnExpiry(level.on_expiry).label),
        _("The clock stands still while marketing is asked"): _("yes")
        if level.question_pauses
        else _("no"),
    }
    if level.on_expiry != OnExpiry.KEEP:
        facts[_("It is taken away after")] = working_span(level.expire_seconds)
    if level.on_expiry == OnExpiry.NEXT:
        facts[_("To another rep at most")] = str(level.max_reassignments)
    return facts


def works_by(calendar: WorkingCalendar | None) -> str:
    """By which calendar a rep works; without an own one it is that of the team."""
    return str(calendar) if calendar else _("The calendar of the team")
