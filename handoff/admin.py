"""The administration of rejection reasons and raw hand-offs, for support."""

from django.contrib import admin

from handoff.models import (
    Deal,
    DealReason,
    Handoff,
    PlanEvent,
    RejectionReason,
    RoutingPlan,
    RoutingRule,
    Seat,
)
from leads.admin import ReadOnly


@admin.register(RejectionReason)
class RejectionReasonAdmin(admin.ModelAdmin):
    list_display = ("label", "category", "effect", "recycle_days", "is_on")
    list_editable = ("is_on",)


@admin.register(Handoff)
class HandoffAdmin(ReadOnly):
    list_display = ("lead", "rep", "team", "status", "routed_at", "due_at")
    list_select_related = ("lead", "rep", "team")
    list_filter = ("status", "team")
    show_full_result_count = False


@admin.register(Seat)
class SeatAdmin(ReadOnly):
    list_display = ("rep", "assigned", "last_assigned_at")
    list_select_related = ("rep__user",)


@admin.register(DealReason)
class DealReasonAdmin(admin.ModelAdmin):
    list_display = ("label", "end", "needs_note", "position", "is_on")
    list_editable = ("position", "is_on")


@admin.register(Deal)
class DealAdmin(ReadOnly):
    list_display = ("lead", "amount", "currency", "opened_at", "won_at", "lost_at")
    list_select_related = ("lead",)
    show_full_result_count = False


@admin.register(RoutingPlan)
class RoutingPlanAdmin(ReadOnly):
    list_display = ("version", "name", "status", "activated_at")


@admin.register(RoutingRule)
class RoutingRuleAdmin(ReadOnly):
    list_display = ("position", "name", "strategy", "team", "rep", "is_on")
    list_select_related = ("team", "rep__user")
    list_filter = ("plan",)


@admin.register(PlanEvent)
class PlanEventAdmin(ReadOnly):
    list_display = ("at", "plan", "kind", "subject", "actor")
    list_select_related = ("plan", "actor")
    list_filter = ("plan", "kind")
