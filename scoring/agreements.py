"""Marketing and sales agree on what a version means: each side signs it once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from leads.models import User
from scoring.choices import Side
from scoring.models import Agreement, ScoringModel

# Who may sign for a side.
SIGNERS = {
    Side.MARKETING: "scoring.change_scoring",
    Side.SALES: "handoff.decide_handoff",
}


class SigningError(Exception):
    """This cannot be signed so; the message says why."""


def may_sign(*, user: User, side: Side) -> bool:
    """Whether the person speaks for that side."""
    return user.has_perm(SIGNERS[side])


@transaction.atomic
def sign(*, model: ScoringModel, side: Side, person: User, now: datetime) -> Agreement:
    """Sign the version that decides, for a side; the first signature stays.

    Raises:
        SigningError: it decides no more, or the person does not speak for the side.
    """
    found = ScoringModel.objects.select_for_update().get(pk=model.pk)
    if not found.is_active:
        text = _("Version {version} does not decide any more; read the new one first.")
        raise SigningError(text.format(version=found.version))
    if not may_sign(user=person, side=side):
        text = _("You do not speak for {side}.")
        raise SigningError(text.format(side=side.label.lower()))
    made, _is_new = Agreement.objects.get_or_create(
        model=found, side=side, defaults={"person": person, "signed_at": now}
    )
    return made
