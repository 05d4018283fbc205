"""The pages of django-allauth that Baton offers.

An e-mail address is what an administrator made the account for, so there is no page to
change it; and nothing here signs people up.
"""

from allauth.account.urls import urlpatterns as every_page

OFFERED = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",  # says that sign-up is closed; other pages name its address
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}

urlpatterns = [page for page in every_page if page.name in OFFERED]
