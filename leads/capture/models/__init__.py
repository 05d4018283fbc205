"""Tables of what comes in from outside, and of what is told to the outside."""

from leads.capture.models.api_key import ApiKey, KeptAnswer
from leads.capture.models.bucket import Bucket
from leads.capture.models.file_import import FileImport, RefusedRow
from leads.capture.models.hosted_form import (
    ConfirmationMail,
    FormField,
    HostedForm,
    Submission,
)
from leads.capture.models.import_trial import ImportTrial
from leads.capture.models.import_undo import ImportedRecord, ImportUndo
from leads.capture.models.inbound import (
    ReceivedWebhook,
    RefusedRecord,
    WebhookSource,
)
from leads.capture.models.visitor import Visit, Visitor

__all__ = [
    "ApiKey",
    "Bucket",
    "ConfirmationMail",
    "FileImport",
    "FormField",
    "HostedForm",
    "ImportTrial",
    "ImportUndo",
    "ImportedRecord",
    "KeptAnswer",
    "ReceivedWebhook",
    "RefusedRecord",
    "RefusedRow",
    "Submission",
    "Visit",
    "Visitor",
    "WebhookSource",
]
