"""The shared list of hostile inputs; where the file is absent its cases are skipped."""

import base64
import json
import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
FILE = Path(os.environ.get("BATON_DATA", SHARED)).parent / "bad_inputs.json"
GROUPS = (
    json.loads(FILE.read_text(encoding="utf-8"))["groups"] if FILE.is_file() else {}
)


def listed(group):
    """Each case of a group with `reject`, `accept`, `safe` or `either`."""
    whole = GROUPS.get(group, {"cases": [], "default_expect": ""})
    return [
        (case, case.get("expect", whole["default_expect"])) for case in whole["cases"]
    ]


def cases(group):
    """The same as parameters `case, expect`, each named by its id."""
    return [pytest.param(case, expect, id=case["id"]) for case, expect in listed(group)]


def value_of(case):
    """The value itself, put together where the list says how."""
    if "repeat" in case:
        repeat = case["repeat"]
        return repeat["prefix"] + repeat["text"] * repeat["times"] + repeat["suffix"]
    return json.loads(case["raw_json"]) if "raw_json" in case else case["value"]


def query_of(case):
    """The raw query string of an address."""
    repeat = case.get("query_repeat")
    if repeat:
        return repeat["prefix"] + repeat["text"] * repeat["times"]
    return case["query"]


def body_of(case):
    """A raw body as bytes; None where the case describes one in words."""
    if "b64" in case:
        return base64.b64decode(case["b64"])
    if "raw_parts" in case:
        parts = (part["text"] * part.get("times", 1) for part in case["raw_parts"])
        return "".join(parts).encode()
    return case["raw"].encode() if "raw" in case else None


def file_bytes(file):
    """The content of a small file of the list."""
    if "b64" in file:
        return base64.b64decode(file["b64"])
    return file["text"].encode()
