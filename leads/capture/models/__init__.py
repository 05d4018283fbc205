"""Tables of what comes in from outside, and of what is told to the outside."""

from leads.capture.models.bucket import Bucket
from leads.capture.models.hosted_form import (
    ConfirmationMail,
    FormField,
    HostedForm,
    Submission,
)
from leads.capture.models.visitor import Visit, Visitor

__all__ = [
    "Bucket",
    "ConfirmationMail",
    "FormField",
    "HostedForm",
    "Submission",
    "Visit",
    "Visitor",
]
