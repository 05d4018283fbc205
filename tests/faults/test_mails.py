"""A worker that is killed while it sends mails to leads."""

import pytest
from django.db import connection
from django.utils import timezone

from leads.nurture.choices import MailFate
from leads.nurture.mail import sending
from leads.nurture.models import Mail
from leads.owed import LEASE
from tests.faults import processes
from tests.leads.factories import LeadFactory
from tests.nurture.factories import MailFactory, MailTemplateFactory
from tests.nurture.smtp import serving

SEND = """
from django.test import override_settings
from django.utils import timezone
from leads.nurture.mail import sending
with override_settings(
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
    EMAIL_HOST="127.0.0.1", EMAIL_PORT={port}, EMAIL_USE_TLS=False,
):
    sending.send_owed(now=timezone.now())
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["mail_handed_over", "mail_sent"])
def test_a_kill_sends_nothing_twice_and_leaves_one_mail_in_doubt(place):
    template, now = MailTemplateFactory(), timezone.now()
    for number in range(8):
        lead = LeadFactory(email=f"lead-{number}@example.com")
        MailFactory(lead=lead, template=template, not_before=now)
    connection.close()
    with serving() as sink:
        code = SEND.format(port=sink.port)
        killed = processes.run(code, crash_at=f"{place}:4")
        sending.send_owed(now=timezone.now() + LEASE * 2)

    fates = [mail.fate for mail in Mail.objects.all()]
    assert killed == 137
    assert len(set(sink.addresses)) == len(sink.addresses)
    assert fates.count(MailFate.IN_DOUBT) == 1
    assert fates.count(MailFate.SENT) == 7
    assert len(sink.addresses) == 7 + (place == "mail_sent")
