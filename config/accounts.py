"""Sign-in rules: people are invited by an administrator, nobody signs up."""

from typing import Any

from allauth.account import auth_backends
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.http import HttpRequest

from leads.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes sign-up, and lets the demo's people into a demo only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(
        self, request: HttpRequest, **credentials: Any
    ) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return None if user is None or _is_out_of_place(user) else user


class AuthenticationBackend(auth_backends.AuthenticationBackend):  # type: ignore[misc]
    """Ends the sessions that the demo's people brought from a demo.

    Who signed in costs a page two queries: the person with the place in a team, and
    what the person may do.
    """

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        people = User.objects.select_related("rep")
        user = people.filter(pk=user_id).first()
        return user if self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Own permissions and those of the roles, in one query instead of two."""
        is_plain = user_obj.is_active and not user_obj.is_superuser and obj is None
        if is_plain and not hasattr(user_obj, "_perm_cache"):
            granted = Q(user=user_obj) | Q(group__user=user_obj)
            names = Permission.objects.filter(granted).order_by().distinct()
            user_obj._perm_cache = {
                f"{app}.{name}"
                for app, name in names.values_list(
                    "content_type__app_label", "codename"
                )
            }
        found: set[str] = super().get_all_permissions(user_obj, obj)
        return found

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        if user is not None and _is_out_of_place(user):
            return False
        return bool(super().user_can_authenticate(user))


def _is_out_of_place(user: AbstractBaseUser) -> bool:
    """Whether this is one of the demo's people in a workspace that is no demo."""
    return not settings.DEBUG and user.get_username() in settings.DEMO_ADDRESSES
