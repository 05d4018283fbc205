"""Hosted forms: built by marketers, filled in by strangers, guarded from machines."""
