"""Pages on which administrators connect other systems: keys and webhooks."""
