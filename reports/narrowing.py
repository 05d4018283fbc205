"""The part of a question that every report shares: whose leads are counted."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from leads import conditions
from leads.conditions import ConditionError, Tree
from leads.models import Lead
from leads.nurture import segments
from leads.nurture.condition_fields import SUBJECT
from leads.nurture.models import Segment
from leads.querysets import LeadQuerySet

# A tree in an address; longer ones are better kept as a segment.
LONGEST_WHERE = 4_000


def in_use() -> dict[str, Segment]:
    """The segments on offer by their number, as an address writes it."""
    found = Segment.objects.filter(archived_at=None).order_by("name")
    return {str(segment.pk): segment for segment in found}


def tree_of(text: str) -> Tree:
    """The conditions that an address holds as JSON.

    Raises:
        ValidationError: they say nothing sensible; the message says where.
    """
    if not text:
        return {}
    try:
        tree: Any = json.loads(text)
        conditions.validate(tree, SUBJECT)
    except (ValueError, RecursionError) as error:
        raise forms.ValidationError(_("The conditions cannot be read.")) from error
    except ConditionError as error:
        raise forms.ValidationError(str(error)) from error
    return dict(tree)


def check_segment(segment: Segment) -> None:
    """Let pass a segment whose leads can be found.

    Raises:
        ValidationError: its conditions ask for what is there no more.
    """
    try:
        conditions.validate({} if segment.is_list else segment.conditions, SUBJECT)
    except ConditionError as error:
        text = _("The conditions of this segment no longer hold: {why}")
        raise forms.ValidationError(text.format(why=error)) from error


def chosen(segment: Segment | None, tree: Tree) -> LeadQuerySet | None:
    """The leads of the segment for whom the conditions hold; None is every lead."""
    if segment is None and not tree:
        return None
    found = segments.members(segment) if segment else Lead.objects.living()
    return found.filter(conditions.compile_q(tree, SUBJECT)) if tree else found


def in_words(tree: Tree) -> str:
    """The conditions as people read them; nothing where there are none."""
    return conditions.describe(tree, SUBJECT) if tree else ""
