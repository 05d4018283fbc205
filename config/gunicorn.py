"""How gunicorn serves the workspace: `gunicorn -c config/gunicorn.py config.wsgi`.

Without Redis the one process also does the background work, so it must stay one;
with Redis `WEB_CONCURRENCY` says how many processes serve.
"""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "1")) if settings.REDIS_URL else 1
threads = 8
timeout = 60
graceful_timeout = 20
loglevel = "warning"
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Start the background threads, in the process that serves."""
    if not settings.REDIS_URL:
        from config import embedded

        worker.background = embedded.start()


def worker_exit(server: Any, worker: Any) -> None:
    """End the background threads with the process that serves."""
    background = getattr(worker, "background", None)
    if background is not None:
        background.stop()
