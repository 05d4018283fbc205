"""Without Redis the server process does the background work itself."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A workspace with one lead, made once."""
    path = tmp_path_factory.mktemp("embedded") / "prepared.sqlite3"
    play("prepare", environment_of(path))
    return path


@pytest.fixture
def environment(prepared, tmp_path):
    """A workspace of its own with one lead, on SQLite and without Redis."""
    return environment_of(shutil.copy(prepared, tmp_path))


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(environment, free_port):
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"],
        cwd=ROOT,
        env=environment | {"BIND": f"127.0.0.1:{free_port}"},
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def environment_of(path):
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{path}",
        "REDIS_URL": "",
        "SECRET_KEY": "embedded",
        "DEBUG": "true",
    }


def play(scene, environment):
    """Run a scene to its end; what it prints on a failure is the test's."""
    command = [sys.executable, "-m", "tests.config.scenes", scene]
    done = subprocess.run(  # noqa: S603 - our own words
        command, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_a_bell_wakes_the_worker_thread(environment):
    errors = play("ring", environment)

    assert "Traceback" not in errors


def test_the_server_scores_what_it_was_not_woken_for_and_ends_quietly(
    environment, server
):
    play("record", environment)
    play("wait", environment)

    server.send_signal(signal.SIGTERM)
    _, errors = server.communicate(timeout=60)
    assert server.returncode == 0
    assert "Traceback" not in errors
