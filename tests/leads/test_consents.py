import pytest

from leads import activities, consents
from leads.activities import NewActivity
from leads.choices import ActivityKind, ConsentHow, Purpose
from leads.models import Consent
from tests.leads.factories import NOON, LeadFactory

pytestmark = pytest.mark.django_db


def say(lead, *, given, how=ConsentHow.FORM, purpose=Purpose.MAIL):
    return consents.record(
        lead=lead,
        purpose=purpose,
        text="Write to me",
        version=2,
        given=given,
        how=how,
        source="/f/demo/",
        at=NOON,
    )


def test_what_was_agreed_to_is_kept_with_its_wording_once():
    lead = LeadFactory()

    first, again = say(lead, given=True), say(lead, given=True)

    assert first == again
    assert (first.text, first.version, first.source) == ("Write to me", "2", "/f/demo/")


def test_a_no_forbids_mail_and_says_since_when_and_why():
    lead = LeadFactory()

    say(lead, given=False)

    lead.refresh_from_db()
    assert lead.do_not_mail
    assert (lead.do_not_mail_since, lead.do_not_mail_why) == (NOON, "Write to me")
    assert not lead.do_not_call


@pytest.mark.parametrize(
    ("how", "is_still_forbidden"),
    [
        (ConsentHow.FORM, True),
        (ConsentHow.IMPORT, True),
        (ConsentHow.API, True),
        (ConsentHow.CONFIRMED, False),
        (ConsentHow.PERSON, False),
    ],
)
def test_only_the_person_or_one_of_us_takes_a_no_away(how, is_still_forbidden):
    lead = LeadFactory()
    consents.forbid(
        lead_ids=[lead.pk],
        purpose=Purpose.MAIL,
        why="Wrote back",
        how=ConsentHow.PERSON,
        at=NOON,
    )

    say(lead, given=True, how=how)

    lead.refresh_from_db()
    assert lead.do_not_mail is is_still_forbidden


def test_who_unsubscribes_is_not_mailed_and_the_row_says_how():
    lead, other = LeadFactory(), LeadFactory()
    gone = NewActivity(lead.pk, ActivityKind.UNSUBSCRIBED, NOON)

    activities.record(activities=[gone])
    activities.record(activities=[gone])

    lead.refresh_from_db()
    other.refresh_from_db()
    assert (lead.do_not_mail, other.do_not_mail) == (True, False)
    assert Consent.objects.get().how == ConsentHow.UNSUBSCRIBED
