"""Taking in activities by the API, batch after batch, in one process."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from random import Random
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from config.benchmarking import empty, kept_rows, measured, peak_memory_mb, write_again
from leads import roles
from leads.capture import keys
from leads.capture.batches import MOST_ACTIVITIES
from leads.capture.choices import Scope
from leads.choices import ActivityKind, Role
from leads.models import Activity
from scoring.benchmarks import sample

ADDRESS = "/api/v1/activities"
# Of a hundred: known ones sent again, and ones that cannot be taken.
REPEATED, WRONG = 5, 2
KINDS = [kind for kind, share, *_rule in sample.KINDS for _one in range(share)]
MAILS = (ActivityKind.EMAIL_OPENED, ActivityKind.EMAIL_CLICKED)


class ActivitiesLostError(Exception):
    """What was answered is not what was sent, or not what is there."""


def run(*, leads: int, activities: int, rules: int, **_sizes: int) -> dict[str, Any]:
    """Measure in the empty database that is at hand.

    Each request goes the whole way from the address on, with a key. `plain_ratio` says
    how many times longer it took than writing the same rows of the database again as
    they are, by COPY where there is one.
    """
    sample.make(leads=leads, activities=1, rules=rules)
    client = _client()
    sent = _sent(leads, activities)
    answers: list[dict[str, Any]] = []
    bodies = []
    while batch := list(islice(sent, MOST_ACTIVITIES)):
        bodies.append(json.dumps({"activities": batch}))
    _post(client, json.dumps({"activities": [_activity(0, leads, Random(0))]}))  # noqa: S311
    with measured() as posted:
        answers += (_post(client, body) for body in bodies)
    _check(answers, activities)
    kept = kept_rows(Activity)
    empty([Activity])
    with measured() as plain:
        write_again([(Activity, *kept)])
    return {
        "leads": leads,
        "activities": activities,
        "accepted": sum(answer["accepted"] for answer in answers),
        "duplicates": sum(answer["duplicates"] for answer in answers),
        "rejected": sum(len(answer["rejected"]) for answer in answers),
        "seconds": round(posted.seconds, 3),
        "cpu_seconds": round(posted.cpu_seconds, 3),
        "activities_a_second": round(activities / posted.seconds),
        "plain_seconds": round(plain.seconds, 3),
        "plain_ratio": round(posted.seconds / plain.seconds, 1),
        "peak_memory_mb": round(peak_memory_mb()),
    }


def _client() -> Client:
    person = roles.create_user(
        email="manager@acme.example", name="", role=Role.MANAGER, password=None
    )
    _key, secret = keys.create(
        name="Benchmark",
        user=person,
        scopes=[Scope.ACTIVITIES_WRITE],
        source_system="shop",
        actor=None,
        now=timezone.now(),
    )
    host = settings.ALLOWED_HOSTS[0]
    return Client(headers={"host": host, "authorization": f"Bearer {secret}"})


def _post(client: Client, body: str) -> dict[str, Any]:
    answer = client.post(
        ADDRESS, body.encode(), content_type="application/json", secure=True
    )
    if answer.status_code != 200:
        raise ActivitiesLostError(f"answered {answer.status_code}")
    told: dict[str, Any] = answer.json()
    return told


def _check(answers: list[dict[str, Any]], activities: int) -> None:
    told = sum(
        answer["accepted"] + answer["duplicates"] + len(answer["rejected"])
        for answer in answers
    )
    accepted = sum(answer["accepted"] for answer in answers)
    # One of the sample, and one that warmed up.
    there = Activity.objects.count() - 2
    if told != activities or accepted != there:
        raise ActivitiesLostError(f"{told} of {activities} told, {there} there")


def _sent(leads: int, activities: int) -> Iterator[dict[str, Any]]:
    """What a shop and a mail system send of the latest four weeks."""
    chance = Random("ingest")  # noqa: S311 - makes up data, no secrets
    for number in range(1, activities + 1):
        lot = number % 100
        activity = _activity(number, leads, chance)
        if lot < REPEATED and number > REPEATED:
            activity["id"] = f"e-{number - REPEATED}"
        elif lot >= 100 - WRONG:
            activity["email"] = "nobody@nowhere.example"
        yield activity


def _activity(number: int, leads: int, chance: Random) -> dict[str, Any]:
    kind = KINDS[int(chance.random() * len(KINDS))]
    lead = int(leads * chance.random() ** 2) + 1
    company = lead % max(leads // 5, 1) + 1
    page = int(chance.random() * sample.PAGES)
    at = sample.END - timedelta(seconds=chance.random() * 2_419_200)
    properties = {"user_agent": "Mozilla/5.0", "seconds": page % 300}
    if kind in MAILS:
        properties["mail"] = f"newsletter-{page % 9}"
    return {
        "id": f"e-{number}",
        "email": f"lead{lead}@company{company}.example",
        "kind": kind.value,
        "occurred_at": at.isoformat(),
        "url": f"https://shop.example/section-{page % 16}/page-{page}",
        "subject": f"Page {page}",
        "properties": properties,
    }
