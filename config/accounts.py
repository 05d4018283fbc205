"""Sign-in rules: people are invited by an administrator, nobody signs up."""

from typing import Any

from allauth.account import auth_backends
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest


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
    """Ends the sessions that the demo's people brought from a demo."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        if user is not None and _is_out_of_place(user):
            return False
        return bool(super().user_can_authenticate(user))


def _is_out_of_place(user: AbstractBaseUser) -> bool:
    """Whether this is one of the demo's people in a workspace that is no demo."""
    return not settings.DEBUG and user.get_username() in settings.DEMO_ADDRESSES
