"""Template tags of nurture."""
