"""Template tags of the hand-off."""
