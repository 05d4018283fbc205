"""The sample workspace of `manage.py demo`; nothing but that command imports it."""
