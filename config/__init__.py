"""Wiring: settings, URLs, the Celery app. No models, no product rules."""

import gc

from config.celery import app as celery_app

# What is made here lives for one request or one batch of rows, and hardly any of it in
# circles: looking for these after every 700 new things, as Python does, cost a batch of
# thousands of rows a tenth of its time.
gc.set_threshold(10_000, 10, 10)

__all__ = ["celery_app"]
