"""What a mail server answers."""

import smtplib

# It did not take the mail, and said so or was not there: it may be sent again. After
# any other error the mail may have arrived.
NOT_TAKEN = (
    ConnectionRefusedError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
    # A header that cannot be written is found before anything is sent.
    ValueError,
)
