"""The words of the hand-off that the code branches on."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class HandoffStatus(TextChoices):
    """How one offer of a lead to sales stands."""

    PENDING = "pending", _("Waiting")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# A status that leads nowhere is final.
MOVES: dict[HandoffStatus, tuple[HandoffStatus, ...]] = {
    HandoffStatus.PENDING: (
        HandoffStatus.ACCEPTED,
        HandoffStatus.REJECTED,
        HandoffStatus.EXPIRED,
        HandoffStatus.WITHDRAWN,
    ),
    HandoffStatus.ACCEPTED: (),
    HandoffStatus.REJECTED: (),
    HandoffStatus.EXPIRED: (),
    HandoffStatus.WITHDRAWN: (),
}


# What may be taken back, right after it was decided.
UNDOABLE = (HandoffStatus.ACCEPTED, HandoffStatus.REJECTED)


class ReasonCategory(TextChoices):
    """What a rejection says about the lead; `NOT_QUALITY` says nothing of its worth."""

    FIT = "fit", _("Fit")
    INTENT = "intent", _("Intent")
    TIMING = "timing", _("Timing")
    BUDGET = "budget", _("Budget")
    AUTHORITY = "authority", _("Authority")
    DATA = "data", _("Data")
    REACHABILITY = "reachability", _("Reachability")
    ROUTING = "routing", _("Routing")
    DUPLICATE = "duplicate", _("Duplicate")
    OTHER = "other", _("Other")


NOT_QUALITY = (ReasonCategory.ROUTING, ReasonCategory.DUPLICATE)


class ReasonEffect(TextChoices):
    """What becomes of a lead rejected for a reason."""

    RECYCLE = "recycle", _("Back to nurture until a date")
    DISQUALIFY = "disqualify", _("Disqualify")
    REROUTE = "reroute", _("Offer to another rep")
    FIX_DATA = "fix_data", _("Marketing puts the data right")


class ActsNext(TextChoices):
    """Who should do something about a rejection."""

    MARKETING = "marketing", _("Marketing")
    SALES = "sales", _("Sales")
    MANAGER = "manager", _("Manager")
    NOBODY = "nobody", _("Nobody")


class RoutedBy(TextChoices):
    """Why a hand-off went where it went; kept in its trace."""

    ACCOUNT_OWNER = "account_owner", _("Owns this company")
    COLLEAGUE = "colleague", _("Already works with this company")
    TURN = "turn", _("Next in turn")
    LEAST_LOADED = "least_loaded", _("Has the most room")
    NAMED = "named", _("Chosen for these leads")
    NOBODY_FREE = "nobody_free", _("Nobody was free")
    SENT_BACK = "sent_back", _("Sent back too often")
    EXPIRED = "expired", _("Nobody decided in time")


class Strategy(TextChoices):
    """How a routing rule chooses among the reps of a team, or that it names one."""

    TURNS = "turns", _("By turns, by weight")
    LEAST_LOADED = "least_loaded", _("To whoever has the most room")
    NAMED = "named", _("To one rep")


class TaskKind(TextChoices):
    """What kind of thing is to be done for a lead."""

    CALL = "call", _("Call")
    EMAIL = "email", _("E-mail")
    MEETING = "meeting", _("Meeting")
    OTHER = "other", _("Other")


class DealStage(TextChoices):
    """How far an open deal is; won and lost are instants of their own."""

    DISCOVERY = "discovery", _("Discovery")
    PROPOSAL = "proposal", _("Proposal")
    NEGOTIATION = "negotiation", _("Negotiation")


class DealEnd(TextChoices):
    """How a deal ends."""

    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class DealDeed(TextChoices):
    """What somebody did with a deal; kept in its history."""

    OPENED = "opened", _("Opened")
    CHANGED = "changed", _("Changed")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    REOPENED = "reopened", _("Reopened")


class Priority(TextChoices):
    """How fast sales must be; a demo or pricing request makes a lead fast-tracked."""

    NORMAL = "normal", _("Normal")
    FAST = "fast", _("Fast track")


class ClockKind(TextChoices):
    """What sales promises for a hand-off."""

    DECISION = "decision", _("Decision")
    FOLLOW_UP = "follow_up", _("First follow-up")


class ClockOutcome(TextChoices):
    """How a promise ended; `CANCELLED` counts neither as kept nor as broken."""

    RUNNING = "running", _("Running")
    MET = "met", _("Met")
    MISSED = "missed", _("Missed")
    CANCELLED = "cancelled", _("Cancelled")


class Blame(TextChoices):
    """Why a promise was missed."""

    REP = "rep", _("The rep had it")
    UNASSIGNED = "unassigned", _("It waited in the pool")
    NO_CAPACITY = "no_capacity", _("Nobody was free")


class OnExpiry(TextChoices):
    """What becomes of a hand-off that nobody decided long after it was due."""

    KEEP = "keep", _("Stays with the rep")
    NEXT = "next", _("Goes to the next rep")
    POOL = "pool", _("Goes back to the pool")


class SettingKind(TextChoices):
    """What of the way in which sales works somebody changed."""

    LEVEL = "level", _("Service level")
    CALENDAR = "calendar", _("Working hours")
    MEMBER = "member", _("Rep")
    REASON = "reason", _("Reason to reject")
    TEAM = "team", _("Team")


class InquiryState(TextChoices):
    """How far a question to marketing is; it ends with its offer in any case."""

    OPEN = "open", _("Waits for an answer")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RemarkKind(TextChoices):
    """What somebody says to a rejection."""

    ANSWER = "answer", _("Answered")
    DISPUTE = "dispute", _("Disputed")
    LEARNED = "learned", _("Learned")


class PauseKind(TextChoices):
    """Why a promise stands still."""

    MANUAL = "manual", _("Paused by a manager")
    QUESTION = "question", _("Waiting for marketing")


class InvitationMethod(TextChoices):
    """What a calendar file asks of who opens it. Source: RFC 5546."""

    REQUEST = "request", _("Invitation")
    CANCEL = "cancel", _("Cancellation")


class AnswerState(TextChoices):
    """What sales knows of one question."""

    KNOWN = "known", _("Known")
    UNKNOWN = "unknown", _("Unknown")
    BLOCKED = "blocked", _("Blocked")


class Question(TextChoices):
    """What sales asks; `QUESTIONS` groups them."""

    BUDGET = "bant.budget", _("Budget")
    AUTHORITY = "bant.authority", _("Authority")
    NEED = "bant.need", _("Need")
    TIMELINE = "bant.timeline", _("Timeline")
    CHALLENGES = "champ.challenges", _("Challenges")
    DECISION = "champ.authority", _("Authority")
    MONEY = "champ.money", _("Money")
    PRIORITY = "champ.priority", _("Prioritisation")


class Framework(TextChoices):
    """A set of questions by which sales qualifies a lead."""

    BANT = "bant", _("BANT")
    CHAMP = "champ", _("CHAMP")


QUESTIONS: dict[Framework, tuple[Question, ...]] = {
    Framework.BANT: (
        Question.BUDGET,
        Question.AUTHORITY,
        Question.NEED,
        Question.TIMELINE,
    ),
    Framework.CHAMP: (
        Question.CHALLENGES,
        Question.DECISION,
        Question.MONEY,
        Question.PRIORITY,
    ),
}


class Skipped(TextChoices):
    """Why a rep could not be given a lead; kept in the trace of its routing."""

    AWAY = "away", _("away")
    MISROUTED = "misrouted", _("had it before in this round")
    SAID_NO = "said_no", _("said no to it lately")
    FULL = "full", _("full")
    FULL_TODAY = "full_today", _("has had enough for today")
    OFF_HOURS = "off_hours", _("not at work at that hour")
    COUNTRY = "country", _("serves other countries")
    LANGUAGE = "language", _("serves other languages")
    INDUSTRY = "industry", _("serves other industries")


class RuleSkipped(TextChoices):
    """Why a routing rule that is in use decides nothing; kept in the trace."""

    TEAM_GONE = "team_gone", _("its team is gone")
    TEAM_EMPTY = "team_empty", _("nobody is in its team")
    REP_GONE = "rep_gone", _("its rep is gone")
    REP_LEFT = "rep_left", _("its rep is deactivated")
    UNSOUND = "unsound", _("its conditions no longer hold together")
