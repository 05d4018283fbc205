"""JSON documents in files, for commands that carry them between workspaces."""

import json
import sys
from pathlib import Path
from typing import Any

LARGEST_FILE = 5_000_000


class FileError(Exception):
    """The file is no JSON that can be read; the message says why, in one line."""


def read(path: str) -> Any:
    """What the file holds; `-` is the standard input. Raises: FileError."""
    try:
        return json.loads(_text(path), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path} is no JSON: {error}") from error


def _text(path: str) -> str:
    try:
        if path == "-":
            return sys.stdin.read(LARGEST_FILE)
        file = Path(path)
        if file.stat().st_size > LARGEST_FILE:
            raise FileError(f"{path} is larger than {LARGEST_FILE:,} bytes.")
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not UTF-8.") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")
