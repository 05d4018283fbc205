"""What sales has found out about a lead, question by question."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.choices import AnswerState, Question
from leads.models import Lead, User


class Answer(models.Model):
    """What somebody knew of one question at one time; append-only.

    The latest of a lead, cycle and question holds; those before it are its history.
    """

    lead = models.ForeignKey(
        Lead, models.CASCADE, related_name="answers", db_index=False
    )
    cycle = models.PositiveIntegerField()
    question = models.CharField(max_length=20, choices=Question)
    state = models.CharField(max_length=7, choices=AnswerState)
    note = models.CharField(_("note"), max_length=500, blank=True)
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(question__in=Question.values),
                name="answer_question_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AnswerState.values), name="answer_state_is_known"
            ),
        ]
        indexes = [models.Index(fields=["lead", "cycle"], name="answer_lead_cycle")]

    def __str__(self) -> str:
        return f"{self.get_question_display()}: {self.get_state_display()}"
