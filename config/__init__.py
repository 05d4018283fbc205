"""Wiring: settings, URLs, the Celery app. No models, no product rules."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
