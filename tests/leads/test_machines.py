from datetime import timedelta
from itertools import permutations

import pytest

from leads.choices import ActivityKind, MachineReason
from leads.machines import MailEvent, Ours, reason_alone, reasons_together
from tests.leads.factories import NOON

OURS = Ours(domains=("baton.example",), networks=("192.0.2.0/24", "2001:db8::/32"))


def event(number, seconds, url="", kind="email_clicked", mail="offer", links=None):
    at = NOON + timedelta(seconds=seconds)
    return MailEvent(number, 1, ActivityKind(kind), at, mail, url, links)


@pytest.mark.parametrize(
    ("properties", "email_key", "expected"),
    [
        ({}, "maya@acme.example", None),
        ({"user_agent": "Mozilla/5.0 (Windows NT 10.0)"}, "", None),
        ({"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, "", "agent"),
        ({"user_agent": "Barracuda Sentinel (EE)"}, "", "agent"),
        ({"user_agent": None}, "", None),
        ({"method": "HEAD"}, "", "head"),
        ({"method": "head"}, "", "head"),
        ({"method": "GET"}, "", None),
        ({"ip": "192.0.2.7"}, "", "ours"),
        ({"ip": "2001:db8::1"}, "", "ours"),
        ({"ip": "198.51.100.7"}, "", None),
        ({"ip": "no address"}, "", None),
        ({}, "rep@baton.example", "ours"),
        ({}, "rep@not-baton.example", None),
    ],
)
def test_what_an_activity_says_of_itself(properties, email_key, expected):
    found = reason_alone(properties=properties, email_key=email_key, ours=OURS)

    assert found == expected


def test_every_link_within_seconds_is_a_scanner_in_whatever_order_it_is_told():
    clicks = [event(1, 0, "/a"), event(2, 1, "/b"), event(3, 4, "/c")]

    for told in permutations(clicks):
        found = reasons_together(told)
        assert found == dict.fromkeys([1, 2, 3], MachineReason.SCANNER)


@pytest.mark.parametrize(
    "clicks",
    [
        [event(1, 0, "/a"), event(2, 1, "/b")],
        [event(1, 0, "/a"), event(2, 4, "/b"), event(3, 8, "/c")],
        [event(1, 0, "/a"), event(2, 1, "/a"), event(3, 2, "/a")],
        [event(1, 0, "/a"), event(2, 1, "/b"), event(3, 2, "/c", mail="other")],
        [event(1, 0, "/a", links=1), event(2, 1, "/a", links=1)],
    ],
)
def test_a_person_may_click(clicks):
    assert reasons_together(clicks) == {}


def test_both_links_of_a_mail_with_two_are_a_scan():
    clicks = [event(1, 0, "/a", links=2), event(2, 1, "/b", links=2)]

    assert set(reasons_together(clicks)) == {1, 2}


@pytest.mark.parametrize(("seconds", "is_machine"), [(0, 1), (2, 1), (3, 0), (-1, 0)])
def test_nobody_opens_a_mail_within_two_seconds_of_sending(seconds, is_machine):
    events = [event(1, 0, kind="email_sent"), event(2, seconds, kind="email_opened")]

    expected = {2: MachineReason.PREFETCH} if is_machine else {}
    assert reasons_together(events) == expected
