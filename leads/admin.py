"""The administration of people, teams and raw records, for support.

Stages and scores are shown and never edited here: they have one writer each.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from leads import particulars
from leads.models import (
    Account,
    Activity,
    Campaign,
    Lead,
    Rep,
    StageChange,
    Standing,
    Tag,
    Team,
    User,
)


class ReadOnly(admin.ModelAdmin):
    """Shows records and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PersonCreationForm(AdminUserCreationForm):
    """Asks for the address instead of a user name."""

    class Meta:
        model = User
        fields = ("email",)


class PersonChangeForm(UserChangeForm):
    """The whole person."""

    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class PersonAdmin(UserAdmin):
    form = PersonChangeForm
    add_form = PersonCreationForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("groups", "is_active", "is_staff")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "time_zone")}),
        (_("Rights"), {"fields": ("groups", "is_active", "is_staff", "is_superuser")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "password1", "password2", "groups")}),
    )
    filter_horizontal = ("groups",)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    list_display = ("name", "is_default")


@admin.register(Rep)
class RepAdmin(admin.ModelAdmin):
    list_display = ("user", "team", "weight", "capacity", "is_available")
    list_select_related = ("user", "team")
    list_filter = ("team", "is_available")


@admin.register(Campaign)
class CampaignAdmin(ReadOnly):
    search_fields = ("name",)


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    search_fields = ("name",)


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):
    list_display = ("name", "domain", "industry", "employees", "owner")
    list_select_related = ("owner",)
    search_fields = ("name", "domain")
    fields = ("name", "domain", "industry", "employees", "country", "owner")
    readonly_fields = ("name", "domain")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leads bring their companies with them."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Account | None = None
    ) -> bool:
        """Its people would still be found and counted by it; two can be merged."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Account, form: ModelForm, change: bool
    ) -> None:
        """Write what was edited, and let the leads be scored by it."""
        particulars.lock(lead_ids=[], account_ids=[obj.pk])
        obj.save(update_fields=form.changed_data)
        particulars.after_account_changes(changed=[obj.pk], renamed=[])


@admin.register(Lead)
class LeadAdmin(ReadOnly):
    list_display = ("name", "email", "account", "source", "created_at")
    list_select_related = ("account",)
    search_fields = ("search_text",)
    show_full_result_count = False


@admin.register(Standing)
class StandingAdmin(ReadOnly):
    list_display = ("lead", "stage", "stage_since", "owner", "grade_letter")
    list_select_related = ("lead", "owner")
    list_filter = ("stage",)
    show_full_result_count = False


@admin.register(StageChange)
class StageChangeAdmin(ReadOnly):
    list_display = ("lead", "from_stage", "to_stage", "at", "cause", "actor")
    list_select_related = ("lead", "actor")
    list_filter = ("to_stage", "cause")
    show_full_result_count = False


@admin.register(Activity)
class ActivityAdmin(ReadOnly):
    list_display = ("lead", "kind", "occurred_at", "subject", "is_machine")
    list_select_related = ("lead",)
    list_filter = ("kind", "is_machine")
    show_full_result_count = False
