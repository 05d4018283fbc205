"""Webhooks that other systems send: signed, taken once, and their refusals shown."""
