"""Letters that servers and mail box providers send about a mail of ours."""

from email import message_from_string

from leads.nurture.mail import links


def bounce(mail, *, status="5.1.1", action="failed"):
    """A letter of a mail server about one of ours."""
    return message_from_string(
        f"""Message-ID: <{status}.{mail.pk}@mx.example>
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {mail.lead.email}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: {links.message_id(mail)}
--b--
"""
    )


def report(mail, feedback, *, encoding="7bit"):
    """A report of a mail box provider about one of ours."""
    return message_from_string(
        f"""Message-ID: <{feedback}@isp.example>
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: message/feedback-report
Content-Transfer-Encoding: {encoding}

User-Agent: SomeGenerator/1.0
Version: 1
Feedback-Type: {feedback}

--b
Content-Type: message/rfc822

Message-ID: {links.message_id(mail)}
Subject: For you

Hello
--b--
"""
    )
