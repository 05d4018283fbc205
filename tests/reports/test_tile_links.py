import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from handoff.choices import HandoffStatus
from leads.choices import Role, Stage
from reports import dashboards, tiles
from reports.models import FrozenDashboard
from reports.tiles import OF_ROLE, TILES
from tests.handoff.factories import DealFactory, HandoffFactory, ReasonFactory
from tests.leads.factories import NOON, RepFactory, UserFactory
from tests.reports.factories import day, mql
from tests.reports.test_follow_up import clock
from tests.reports.test_report_pages import DATES, client_of

pytestmark = pytest.mark.django_db


def some_numbers():
    lead = mql((Stage.SQL, 1), (Stage.ACCEPTED, 2))
    accepted = {"status": HandoffStatus.ACCEPTED, "decided_at": day(2)}
    clock(HandoffFactory(lead=lead, routed_at=day(1), **accepted))
    DealFactory(lead=lead, won_at=day(5), amount=10)
    rejected = {"status": HandoffStatus.REJECTED, "reason": ReasonFactory()}
    clock(HandoffFactory(routed_at=NOON, decided_at=day(1), **rejected))
    clock(HandoffFactory(routed_at=NOON))


def addresses(drawn):
    """The numbers of tiles that lead on: text and address."""
    for tile in drawn:
        yield from ((each["text"], each["address"]) for each in tile["figures"])
        section = tile["section"] or {"rows": [], "total": []}
        for row in [*section["rows"], *section["total"]]:
            yield from ((text, address) for _head, text, _was, address in row["cells"])


def test_every_number_of_a_dashboard_opens_what_it_counts():
    some_numbers()
    manager = UserFactory(role=Role.MANAGER)
    client = Client()
    client.force_login(manager)

    opened = 0
    drawn = tiles.draw(TILES, query=DATES, reader=manager, now=timezone.now())
    for text, address in {each for each in addresses(drawn) if each[1]}:
        page = client.get(address)
        assert page.status_code == 200, address
        if "#" in address:
            assert f'id="{address.partition("#")[2]}"' in page.text, address
        elif text.isdecimal():
            assert page.context["page"].paginator.count == int(text), address
            opened += 1

    assert opened > 20


def test_a_share_of_nothing_yet_opens_what_it_is_a_share_of():
    rejected = {"status": HandoffStatus.REJECTED, "reason": ReasonFactory()}
    HandoffFactory(routed_at=NOON, decided_at=day(1), **rejected)
    manager = UserFactory(role=Role.MANAGER)

    (tile,) = tiles.draw(
        ["agreement:months"], query=DATES, reader=manager, now=timezone.now()
    )

    cells = {cell[0]: cell[3] for cell in tile["section"]["rows"][-1]["cells"]}
    page = client_of(Role.MANAGER).get(cells["Acceptance"])
    assert page.context["page"].paginator.count == 1


def test_past_due_leads_a_rep_to_the_queue_and_to_no_report():
    rep = RepFactory()
    clock(HandoffFactory(rep=rep))

    drawn = tiles.draw(OF_ROLE[Role.REP], query=DATES, reader=rep.user, now=day(20))

    page = render_to_string(
        "dashboards/_tiles.html",
        {"tiles": drawn, "may_open": False, "may_follow": True, "may_arrange": False},
    )

    queue = reverse("handoff:queue")
    assert {address for _text, address in addresses(drawn)} == {"", queue}
    row = re.search(r"Decisions past due</th>.*?</tr>", page, re.DOTALL)[0]
    assert f'<a href="{queue}">1</a>' in row
    assert 'href="/reports/' not in page


def test_a_dashboard_defines_its_numbers_as_reports_do():
    some_numbers()
    manager = UserFactory(role=Role.MANAGER)
    for key in TILES:
        board = dashboards.create(owner=manager, name=key, keys=[key])
        client = Client()
        client.force_login(manager)

        page = client.get(board.get_absolute_url(), DATES).text

        asked = set(re.findall(r'popovertarget="(definition-[^"]+)"', page))
        assert asked <= set(re.findall(r'id="(definition-[^"]+)"', page)), key
        if key.endswith(":figures"):
            assert asked, key


def test_frozen_figures_lead_nowhere_and_are_defined():
    some_numbers()
    client_of(Role.MANAGER).post(reverse("dashboards:freeze"), DATES)
    frozen = FrozenDashboard.objects.get()

    page = client_of(Role.MANAGER).get(frozen.get_absolute_url()).text

    assert any(address for _text, address in addresses(frozen.drawn))
    assert "/records/" not in page
    assert 'id="definition-agreement"' in page


def test_figures_that_were_frozen_without_addresses_are_shown():
    cells = [["Leads", "3"], ["Share", "n too small"]]
    section = {
        "chart": None,
        "head": ["Stage", "Leads", "Share"],
        "rows": [{"label": "MQL", "cells": cells}],
        "total": [],
        "note": "",
        "left_out": 0,
    }
    tile = {"key": "funnel:stages", "title": "Funnel", "address": "/reports/funnel/"}
    person = UserFactory(role=Role.MANAGER)
    frozen = FrozenDashboard.objects.create(
        token="old",  # noqa: S106
        name="Old",
        drawn=[{**tile, "figures": [], "section": section}],
        taken_by=person,
        taken_at=NOON,
    )

    assert "MQL" in client_of(Role.MANAGER).get(frozen.get_absolute_url()).text
