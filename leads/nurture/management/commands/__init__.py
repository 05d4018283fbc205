"""Commands of nurture."""
