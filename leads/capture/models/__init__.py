"""Tables of what comes in from outside, and of what is told to the outside."""

from leads.capture.models.bucket import Bucket

__all__ = ["Bucket"]
