"""The words of nurture that the code branches on."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Band(TextChoices):
    """How warm a lead is: a part of a lane of the board, by its engagement now."""

    HOT = "hot", _("Hot")
    WARM = "warm", _("Warm")
    COLD = "cold", _("Cold")


class SegmentKind(TextChoices):
    """Who is in a segment: whom conditions find, or whom a person put there."""

    CONDITIONS = "conditions", _("By conditions")
    LIST = "list", _("Chosen by hand")


class SegmentDeed(TextChoices):
    """What somebody did to a segment."""

    CREATED = "created", _("Made it")
    CHANGED = "changed", _("Changed it")
    ADDED = "added", _("Added leads")
    REMOVED = "removed", _("Took leads out")
    ARCHIVED = "archived", _("Archived it")
    RESTORED = "restored", _("Took it out of the archive")


class MailFate(TextChoices):
    """What became of a mail."""

    PLANNED = "planned", _("Planned")
    SENT = "sent", _("Sent")
    IN_DOUBT = "in_doubt", _("Unknown")
    FAILED = "failed", _("Failed")
    NOT_SENT = "not_sent", _("Not sent")


class SuppressionWhy(TextChoices):
    """Why an address gets no mail."""

    BOUNCED = "bounced", _("Bounced")
    COMPLAINED = "complained", _("Complained")
    BY_HAND = "by_hand", _("Entered by hand")


class Returned(TextChoices):
    """What a letter is that came back."""

    BOUNCE = "bounce", _("Bounces")
    COMPLAINT = "complaint", _("Complaints")
    UNSUBSCRIBE = "unsubscribe", _("Unsubscribed")
    ANSWER = "answer", _("Answers")
    NOTHING = "nothing", _("Not about a mail of ours")


class StepKind(TextChoices):
    """What a step of a programme does."""

    MAIL = "mail", _("Send a mail")
    WAIT = "wait", _("Wait some days")
    UNTIL = "until", _("Wait until a weekday and hour")
    BRANCH = "branch", _("Go on where conditions hold")
    TAG = "tag", _("Add a tag")
    TASK = "task", _("Give the owner a task")
    NOTIFY = "notify", _("Tell the owner")
    HAND_OVER = "hand_over", _("Hand to sales")


class Entered(TextChoices):
    """How a lead came into a programme."""

    SEGMENT = "segment", _("By the segment")
    HAND = "hand", _("By hand")
    REJECTION = "rejection", _("By a rejection")


class Left(TextChoices):
    """Why a lead is in a programme no more."""

    FINISHED = "finished", _("Went through")
    GOAL = "goal", _("Reached the goal")
    STAGE = "stage", _("Changed its stage")
    REPLY = "reply", _("Answered")
    UNSUBSCRIBED = "unsubscribed", _("Wants no mail")
    BRANCH = "branch", _("Left at a branch")
    HANDED_OVER = "handed_over", _("Handed to sales")
    HAND = "hand", _("Taken out by hand")


class StepOutcome(TextChoices):
    """What came of a step for one lead."""

    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Skipped")
    OTHERWISE = "otherwise", _("Did not hold")


class MuteLevel(TextChoices):
    """Which mails a lead is spared while sales works with it."""

    ALL = "all", _("All")
    PROMOTIONAL = "promotional", _("Promotional ones")
    NONE = "none", _("None")


class BulkKind(TextChoices):
    """What can be done to many leads at once; `bulk.registry` says how."""

    ENROL = "enrol", _("Enrol")
    TAG = "tag", _("Tag")
    LIST = "list", _("Put into a list")
    CAMPAIGN = "campaign", _("Add to a campaign")
    MOVE = "move", _("Move")
    ASSIGN = "assign", _("Assign")


class BulkLayout(TextChoices):
    """What found the leads: the filter of a page, or a segment.

    The board has not every stage.
    """

    BOARD = "board", _("Board")
    TABLE = "table", _("Table")
    SEGMENT = "segment", _("Segment")
