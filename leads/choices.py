"""The words of the product that the code branches on."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """A person's role; each is a group of the same name."""

    MARKETER = "marketer", _("Marketer")
    REP = "rep", _("Rep")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")


class Stage(TextChoices):
    """Where a lead is on its way; the order is that of the path."""

    NEW = "new", _("New")
    IQL = "iql", _("IQL")
    MQL = "mql", _("MQL")
    SQL = "sql", _("SQL")
    ACCEPTED = "accepted", _("Accepted")
    OPPORTUNITY = "opportunity", _("Opportunity")
    CUSTOMER = "customer", _("Customer")
    RECYCLED = "recycled", _("Recycled")
    DISQUALIFIED = "disqualified", _("Disqualified")
    LOST = "lost", _("Lost")


# The way up; a stage skipped on it is entered by inference.
PATH = (
    Stage.NEW,
    Stage.IQL,
    Stage.MQL,
    Stage.SQL,
    Stage.ACCEPTED,
    Stage.OPPORTUNITY,
    Stage.CUSTOMER,
)
# The stages in which marketing nurtures, and automation moves a lead by its score.
NURTURED = (Stage.NEW, Stage.IQL, Stage.MQL)


class Cause(TextChoices):
    """Why a lead changed its stage."""

    SCORE = "score", _("Gate reached")
    FAST_TRACK = "fast_track", _("Fast track")
    DECAY = "decay", _("Went quiet")
    DISQUALIFYING = "disqualifying", _("Disqualifying rule")
    PERSON = "person", _("Moved by a person")
    DECISION = "decision", _("Sales decision")
    DEAL = "deal", _("Deal")
    RETURN = "return", _("Recycling ended")
    IMPORT = "import", _("Imported")
    FORM = "form", _("Came by a form")
    MERGE = "merge", _("Merged with another")
    ERASURE = "erasure", _("Erased")
    UNDO = "undo", _("Taken back")


class CampaignChannel(TextChoices):
    """By which way a campaign reaches people."""

    SEARCH = "search", _("Search")
    ADS = "ads", _("Advertising")
    SOCIAL = "social", _("Social media")
    EMAIL = "email", _("E-mail")
    CONTENT = "content", _("Content")
    WEBINAR = "webinar", _("Webinar")
    EVENT = "event", _("Event")
    REFERRAL = "referral", _("Referral")
    PARTNER = "partner", _("Partner")
    OTHER = "other", _("Other")


class MemberStatus(TextChoices):
    """How far a lead is with a campaign."""

    PLANNED = "planned", _("To be invited")
    INVITED = "invited", _("Invited")
    RESPONDED = "responded", _("Responded")
    ATTENDED = "attended", _("Attended")
    DECLINED = "declined", _("Declined")


class ActivityKind(TextChoices):
    """What can happen between a lead and us."""

    PAGE_VIEW = "page_view", _("Page view")
    FORM_SUBMITTED = "form_submitted", _("Form submitted")
    CONTENT_DOWNLOADED = "content_downloaded", _("Content downloaded")
    WEBINAR_REGISTERED = "webinar_registered", _("Webinar registered")
    WEBINAR_ATTENDED = "webinar_attended", _("Webinar attended")
    EVENT_VISITED = "event_visited", _("Event visited")
    EMAIL_SENT = "email_sent", _("E-mail sent")
    EMAIL_OPENED = "email_opened", _("E-mail opened")
    EMAIL_CLICKED = "email_clicked", _("E-mail clicked")
    EMAIL_REPLIED = "email_replied", _("E-mail replied")
    EMAIL_BOUNCED = "email_bounced", _("E-mail bounced")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    DEMO_REQUESTED = "demo_requested", _("Demo requested")
    PRICING_REQUESTED = "pricing_requested", _("Pricing requested")
    TRIAL_STARTED = "trial_started", _("Trial started")
    CHAT = "chat", _("Chat")
    SOCIAL = "social", _("Social interaction")
    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    NOTE = "note", _("Note")


class Outcome(TextChoices):
    """How a contact went, as who logged it says; kept in the activity's properties."""

    REACHED = "reached", _("Reached")
    CALL_BACK = "call_back", _("Asked to call back")
    LEFT_MESSAGE = "left_message", _("Left a message")
    NO_ANSWER = "no_answer", _("No answer")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    SENT = "sent", _("Sent")
    REPLIED = "replied", _("Replied")
    NOT_DELIVERED = "not_delivered", _("Not delivered")
    HELD = "held", _("Held")
    NO_SHOW = "no_show", _("No show")
    WRITTEN = "written", _("Written down")


# What may come of what one of us does; of the rest nothing is asked.
OUTCOMES_BY_KIND: dict[ActivityKind, tuple[Outcome, ...]] = {
    ActivityKind.CALL: (
        Outcome.REACHED,
        Outcome.CALL_BACK,
        Outcome.LEFT_MESSAGE,
        Outcome.NO_ANSWER,
        Outcome.WRONG_NUMBER,
    ),
    ActivityKind.EMAIL_SENT: (Outcome.SENT, Outcome.REPLIED, Outcome.NOT_DELIVERED),
    ActivityKind.MEETING: (Outcome.HELD, Outcome.NO_SHOW),
    ActivityKind.NOTE: (Outcome.WRITTEN,),
}


class Purpose(TextChoices):
    """What a consent is for."""

    MAIL = "mail", _("E-mail")
    CALL = "call", _("Phone calls")
    DATA = "data", _("Keeping the particulars")


class ConsentHow(TextChoices):
    """By which way a consent, or its withdrawal, came to us."""

    FORM = "form", _("Form")
    CONFIRMED = "confirmed", _("Confirmed by mail")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    IMPORT = "import", _("Import")
    API = "api", _("API")
    PERSON = "person", _("Noted by a person")


class KeptWhy(TextChoices):
    """Why something stays when what an import made is taken out again."""

    CHANGED = "changed", _("changed since")
    ACTIVE = "active", _("has activities")
    MOVED = "moved", _("moved by a person, or owned")
    WORK = "work", _("worked on: a hand-off, a task, a deal or the like")
    PEOPLE = "people", _("has other people")
    GONE = "gone", _("not there any more: merged or removed")


class MachineReason(TextChoices):
    """Why an activity is taken for a machine's; such an activity scores nothing."""

    SCANNER = "scanner", _("Mail scanner: it followed every link within seconds")
    PREFETCH = "prefetch", _("Opened within two seconds of sending")
    AGENT = "agent", _("A known robot")
    HEAD = "head", _("Asked whether the page exists, and did not read it")
    OURS = "ours", _("From our own domain or network")
    SENDER = "sender", _("Marked by the system that sent it")
    PERSON = "person", _("Marked by a person")


OUTBOUND_KINDS = (
    ActivityKind.EMAIL_SENT,
    ActivityKind.CALL,
    ActivityKind.MEETING,
    ActivityKind.NOTE,
)

# How sales gets in touch; a note does not.
TOUCH_KINDS = (ActivityKind.CALL, ActivityKind.EMAIL_SENT, ActivityKind.MEETING)

# Letters with thirds, from the lowest; a standing stores the index.
GRADES = (
    "F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+",
)  # fmt: skip


class NotificationKind(TextChoices):
    """What our own people are told about."""

    LEAD_ASSIGNED = "lead_assigned", _("A lead became yours")
    DUE_SOON = "due_soon", _("A decision or follow-up is due soon")
    PAST_DUE = "past_due", _("A decision or follow-up is past due")
    HANDOFF_MOVED = "handoff_moved", _("A hand-off expired or went to somebody else")
    UNROUTABLE = "unroutable", _("A lead found no rep")
    CAPACITY_FULL = "capacity_full", _("A team has no free capacity")
    DATA_WRONG = "data_wrong", _("Sales found wrong data on a lead")
    QUESTION_ASKED = "question_asked", _("Sales asks marketing about a lead")
    QUESTION_ANSWERED = "question_answered", _("Marketing answered your question")
    REJECTION_ANSWERED = "rejection_answered", _("Marketing answered your rejection")
    TASK_DUE = "task_due", _("A task is due")
    IMPORT_FINISHED = "import_finished", _("An import has finished")
    EXPORT_READY = "export_ready", _("An export is ready")
    BULK_DONE = "bulk_done", _("What you did to many leads is done")
    WEBHOOK_OFF = "webhook_off", _("A webhook was switched off")
    PROGRAMME = "programme", _("A programme tells you of a lead")
    MODEL_ACTIVATED = "model_activated", _("Another scoring model decides")


class NotificationChannel(TextChoices):
    """How a person is told, besides the list in the workspace."""

    MAIL = "mail", _("Mail")
    WEBHOOK = "webhook", _("Chat")


class MailTiming(TextChoices):
    """When a person is mailed about a kind of news."""

    OFF = "off", _("No mail")
    AT_ONCE = "at_once", _("At once")
    HOURLY = "hourly", _("Every hour, together")
    DAILY = "daily", _("Once a day, together")


class WebhookKind(TextChoices):
    """What other systems are told about; the value stands in the payload."""

    LEAD_CREATED = "lead.created", _("A lead is new")
    STAGE_CHANGED = "lead.stage_changed", _("A lead changed its stage")
    HANDOFF_OFFERED = "handoff.offered", _("A hand-off was offered to sales")
    HANDOFF_ACCEPTED = "handoff.accepted", _("A hand-off was accepted")
    HANDOFF_REJECTED = "handoff.rejected", _("A hand-off was rejected")
    HANDOFF_EXPIRED = "handoff.expired", _("A hand-off expired")
    HANDOFF_WITHDRAWN = "handoff.withdrawn", _("A hand-off was withdrawn")
    HANDOFF_REOPENED = "handoff.reopened", _("A decision was taken back")
    DEAL_WON = "deal.won", _("A deal was won")
    DEAL_LOST = "deal.lost", _("A deal was lost")
    DEAL_REOPENED = "deal.reopened", _("A deal was reopened")
    TEST = "test", _("A test")
