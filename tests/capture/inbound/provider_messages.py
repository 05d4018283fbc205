"""Messages as the documentation of each mail provider shows them."""

import json


def of_ses(told):
    """A message of SES within a notification of SNS."""
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:us-west-2:123456789012:MyTopic",
        "Message": json.dumps(told),
        "Timestamp": "2026-05-02T00:54:06.655Z",
        "SignatureVersion": "1",
        "Signature": "EXAMPLEw6JRN",
    }


def ses_bounce(email, message_id, *, bounce_type="Permanent"):
    return of_ses(
        {
            "notificationType": "Bounce",
            "bounce": {
                "bounceType": bounce_type,
                "bounceSubType": "General",
                "bouncedRecipients": [
                    {
                        "emailAddress": email,
                        "action": "failed",
                        "status": "5.1.1",
                        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                    }
                ],
                "feedbackId": "00000138111222aa",
            },
            "mail": {
                "messageId": "00000138111222aa-33322211-cccc",
                "headers": [
                    {"name": "From", "value": "Baton <baton@acme.example>"},
                    {"name": "Message-ID", "value": message_id},
                ],
            },
        }
    )


def ses_complaint(email, feedback="abuse"):
    return of_ses(
        {
            "eventType": "Complaint",
            "complaint": {
                "complainedRecipients": [{"emailAddress": email}],
                "complaintFeedbackType": feedback,
            },
            "mail": {"messageId": "00000138111222aa"},
        }
    )


def mailgun(event, email, message_id, **more):
    return {
        "signature": {"timestamp": "1529006854", "token": "a8ce", "signature": "d2271"},
        "event-data": {
            "event": event,
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "recipient": email,
            "delivery-status": {"code": 605, "message": "", "description": "No such"},
            "message": {"headers": {"message-id": message_id.strip("<>")}},
            **more,
        },
    }


def postmark(record_type, email, **more):
    return {
        "RecordType": record_type,
        "ID": 42,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": email,
        "Details": "smtp;550 unknown user",
        **more,
    }


def sendgrid(event, email, message_id="", **more):
    return {
        "email": email,
        "timestamp": 1513299569,
        "smtp-id": message_id,
        "event": event,
        "sg_event_id": "sg_event_id",
        "reason": "500 unknown recipient",
        **more,
    }
