"""The administration of scoring models: shown, since an active one is never edited."""

from django.contrib import admin

from leads.admin import ReadOnly
from scoring.models import (
    Agreement,
    BehaviourRule,
    FitCriterion,
    Gate,
    ModelEvent,
    ScoringModel,
)


@admin.register(ScoringModel)
class ScoringModelAdmin(ReadOnly):
    list_display = ("version", "name", "status", "activated_at")


@admin.register(BehaviourRule)
class BehaviourRuleAdmin(ReadOnly):
    list_display = ("position", "name", "kind", "points", "speed", "effect", "is_on")
    list_filter = ("model",)


@admin.register(FitCriterion)
class FitCriterionAdmin(ReadOnly):
    list_display = ("position", "name", "group", "points", "effect", "is_on")
    list_filter = ("model",)


@admin.register(Gate)
class GateAdmin(ReadOnly):
    list_display = ("model", "stage", "engagement", "grade", "leave_engagement")
    list_select_related = ("model",)


@admin.register(ModelEvent)
class ModelEventAdmin(ReadOnly):
    list_display = ("at", "model", "kind", "subject", "actor")
    list_filter = ("model", "kind")
    list_select_related = ("model", "actor")


@admin.register(Agreement)
class AgreementAdmin(ReadOnly):
    list_display = ("model", "side", "person", "signed_at")
    list_select_related = ("model", "person")
