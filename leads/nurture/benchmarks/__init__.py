"""How fast programmes are."""
