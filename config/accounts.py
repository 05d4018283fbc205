"""Sign-in rules: people are invited by an administrator, nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes sign-up; `manage.py create_user` makes accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
