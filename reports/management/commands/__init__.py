"""Doors to the reports for the shell."""
