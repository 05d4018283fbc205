"""Template tags of the scoring pages."""
