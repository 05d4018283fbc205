"""Releases of the routing rules: drafts, what they say, and which one decides."""
