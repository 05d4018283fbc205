"""The words of scoring that the code branches on."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ModelStatus(TextChoices):
    """A model is edited as a draft, decides while active, and is kept when retired."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")


# Only `lifecycle` makes these moves; a retired model that decides again is a roll back.
MOVES: dict[ModelStatus, tuple[ModelStatus, ...]] = {
    ModelStatus.DRAFT: (ModelStatus.ACTIVE,),
    ModelStatus.ACTIVE: (ModelStatus.RETIRED,),
    ModelStatus.RETIRED: (ModelStatus.ACTIVE,),
}


class Speed(TextChoices):
    """How fast points fade; the half-lives are the model's."""

    FAST = "fast", _("Fast")
    MEDIUM = "medium", _("Medium")
    SLOW = "slow", _("Slow")
    NEVER = "never", _("Never")


class CapPeriod(TextChoices):
    """In which time a cap counts anew, in the workspace's time zone."""

    DAY = "day", _("day")
    WEEK = "week", _("week")
    MONTH = "month", _("month")
    EVER = "ever", _("ever")


class CapScope(TextChoices):
    """What a cap counts: all matching activities, or each object on its own."""

    ALL = "all", _("in all")
    URL = "url", _("per page")
    SUBJECT = "subject", _("per subject")
    CAMPAIGN = "campaign", _("per campaign")


class Effect(TextChoices):
    """What a matching rule or criterion does beside its points."""

    NONE = "none", _("Points only")
    FAST_TRACK = "fast_track", _("Make the lead sales ready at once")
    DISQUALIFY = "disqualify", _("Disqualify the lead")


class CriterionGroup(TextChoices):
    """What a fit criterion looks at."""

    DEMOGRAPHIC = "demographic", _("Person")
    FIRMOGRAPHIC = "firmographic", _("Company")
    SOURCE = "source", _("Source")


class Side(TextChoices):
    """The two parties that agree on what the stages mean."""

    MARKETING = "marketing", _("Marketing")
    SALES = "sales", _("Sales")


class EventKind(TextChoices):
    """What somebody did to a version of the model."""

    CREATED = "created", _("Created")
    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    MOVED = "moved", _("Moved")
    REMOVED = "removed", _("Removed")
    PUT_BACK = "put_back", _("Put back")
    ACTIVATED = "activated", _("Activated")
    RETIRED = "retired", _("Retired")
