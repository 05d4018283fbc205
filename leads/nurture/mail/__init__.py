"""Mails to leads: written as templates, planned as rows, sent once."""
